import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { RejectReason } from './feeds/market-feed.port.js';

/** At most one sample a reason in this time reaches the log; the counters hold the rest. */
const SAMPLE_PERIOD_MS = 5_000;

/** Unknown sale conditions that are counted each by itself; no vendor has more codes. */
const UNKNOWN_CODES_CAP = 200;

/** Counts what a feed refused, by reason, and shows samples in the log without flooding it. */
export class RejectionLog {
  private readonly logger = new Logger('market');
  private readonly byReason = new Map<RejectReason, number>();
  private readonly byCode = new Map<string, number>();
  private readonly lastShownMs = new Map<RejectReason, number>();

  constructor(private readonly clock: Clock) {}

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byReason);
  }

  /** How often each unknown sale condition came. */
  get unknownConditions(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byCode);
  }

  /** Counts sale conditions that no table knows; each is told once in the log. */
  countUnknownConditions(codes: readonly string[]): void {
    for (const code of codes) {
      const known = this.byCode.get(code);
      if (known === undefined && this.byCode.size >= UNKNOWN_CODES_CAP) continue;
      if (known === undefined) {
        this.logger.warn(`sale condition ${code.slice(0, 20)} is not in the table; such trades set no price`);
      }
      this.byCode.set(code, (known ?? 0) + 1);
    }
  }

  count(reason: RejectReason, sample: string, times: number): void {
    const total = (this.byReason.get(reason) ?? 0) + times;
    this.byReason.set(reason, total);
    const nowMs = this.clock.nowMs();
    if (nowMs - (this.lastShownMs.get(reason) ?? -Infinity) < SAMPLE_PERIOD_MS) return;
    this.lastShownMs.set(reason, nowMs);
    this.logger.warn(`refused (${reason}, ${total} so far): ${sample}`);
  }
}
