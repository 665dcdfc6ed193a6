import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import type { RejectReason } from './feeds/market-feed.port.js';

/** At most one sample a reason in this time reaches the log; the counters hold the rest. */
const SAMPLE_PERIOD_MS = 5_000;

/** Counts what a feed refused, by reason, and shows samples in the log without flooding it. */
export class RejectionLog {
  private readonly logger = new Logger('market');
  private readonly byReason = new Map<RejectReason, number>();
  private readonly lastShownMs = new Map<RejectReason, number>();

  constructor(private readonly clock: Clock) {}

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byReason);
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
