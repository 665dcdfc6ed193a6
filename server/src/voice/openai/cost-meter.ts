import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { CostBook } from './cost-book.js';
import { NO_COST, sumOf, type Cost } from './prices.js';

const DAY_MS = 86_400_000;

/** What the coach has cost today (UTC), for the whole desk: as the book has it, and what is not written down yet. */
@Injectable()
export class CostMeter implements OnModuleInit {
  private readonly logger = new Logger('voice');
  private day = NaN;
  private booked = NO_COST;
  private unbooked = NO_COST;
  /** Dollars of responses that are under way, at the most they can cost. */
  private reservedUsd = 0;
  private isBooking = false;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly clock: Clock,
    private readonly book: CostBook,
  ) {}

  async onModuleInit(): Promise<void> {
    this.turnDay();
    this.booked = await this.book.read(this.day);
  }

  /**
   * Reserves what a response can cost at most, before it is asked for. `null` where the day's money would not do, with all
   * that is under way; else what gives it back once the response is over, whose cost is then counted by {@link add}.
   */
  reserve(mostUsd: number): (() => void) | null {
    if (this.today.usd + this.reservedUsd + mostUsd > this.env.COACH_DAILY_USD) return null;
    this.reservedUsd += mostUsd;
    let isHeld = true;
    return () => {
      if (isHeld) this.reservedUsd = Math.max(0, this.reservedUsd - mostUsd);
      isHeld = false;
    };
  }

  /** Counts what was spent. */
  add(cost: Cost): void {
    this.turnDay();
    this.unbooked = sumOf(this.unbooked, cost);
    void this.write();
  }

  /** For the meter on the page. */
  get today(): Cost & { readonly capUsd: number } {
    this.turnDay();
    return { ...sumOf(this.booked, this.unbooked), capUsd: this.env.COACH_DAILY_USD };
  }

  private turnDay(): void {
    const day = Math.floor(this.clock.nowMs() / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.booked = NO_COST;
    this.unbooked = NO_COST;
  }

  /** Writes down what is not yet; what cannot be written goes along with the next response. */
  private async write(): Promise<void> {
    if (this.isBooking) return;
    this.isBooking = true;
    try {
      while (this.unbooked.usd > 0 || this.unbooked.tokens > 0) {
        const { day, unbooked: part } = this;
        const booked = await this.book.add(day, part);
        if (day !== this.day) continue;
        this.booked = booked;
        this.unbooked = sumOf(this.unbooked, {
          usd: -part.usd,
          tokens: -part.tokens,
          seconds: -part.seconds,
        });
        // What sums of fractions leave over is no money.
        if (this.unbooked.tokens === 0) this.unbooked = NO_COST;
      }
    } catch (fault) {
      this.logger.warn(`the coach's cost could not be written down: ${messageOf(fault)}`);
    } finally {
      this.isBooking = false;
    }
  }
}
