import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { CostBook, type DayCost } from './cost-book.js';

const DAY_MS = 86_400_000;
const PER_MILLION = 1e6;
/** Dollars a million tokens of gpt-realtime-2.1, as of November 2026; docs/operations/voice.md says how to correct them. */
export const PRICES = { textIn: 4, audioIn: 32, cachedIn: 0.4, textOut: 24, audioOut: 64 } as const;

/** Tokens of one response, as the provider counts them. */
export interface Usage {
  readonly input_token_details?: { text_tokens?: number; audio_tokens?: number; cached_tokens?: number };
  readonly output_token_details?: { text_tokens?: number; audio_tokens?: number };
  readonly total_tokens?: number;
}

const NOTHING: DayCost = { usd: 0, tokens: 0 };

/** What the coach has cost today (UTC), for the whole desk: as the book has it, and what is not written down yet. */
@Injectable()
export class CostMeter implements OnModuleInit {
  private readonly logger = new Logger('voice');
  private day = NaN;
  private booked = NOTHING;
  private unbooked = NOTHING;
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

  /** Whether one more response may be asked for. */
  get isCapped(): boolean {
    this.turnDay();
    return this.today.usd >= this.env.COACH_DAILY_USD;
  }

  /** Counts a response and returns what it cost, in dollars. */
  add({
    input_token_details: given = {},
    output_token_details: made = {},
    total_tokens: total = 0,
  }: Usage): number {
    this.turnDay();
    const { text_tokens: text = 0, audio_tokens: audio = 0, cached_tokens: cached = 0 } = given;
    // Which of them are cached is not told everywhere: the dearer ones are counted whole.
    const cachedText = Math.min(text, cached);
    const usd =
      ((text - cachedText) * PRICES.textIn +
        cachedText * PRICES.cachedIn +
        audio * PRICES.audioIn +
        (made.text_tokens ?? 0) * PRICES.textOut +
        (made.audio_tokens ?? 0) * PRICES.audioOut) /
      PER_MILLION;
    this.unbooked = sum(this.unbooked, { usd, tokens: total });
    void this.write();
    return usd;
  }

  /** For the meter on the page. */
  get today(): { usd: number; tokens: number; capUsd: number } {
    this.turnDay();
    return { ...sum(this.booked, this.unbooked), capUsd: this.env.COACH_DAILY_USD };
  }

  private turnDay(): void {
    const day = Math.floor(this.clock.nowMs() / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.booked = NOTHING;
    this.unbooked = NOTHING;
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
        this.unbooked = sum(this.unbooked, { usd: -part.usd, tokens: -part.tokens });
        // What sums of fractions leave over is no money.
        if (this.unbooked.tokens === 0) this.unbooked = NOTHING;
      }
    } catch (fault) {
      this.logger.warn(`the coach's cost could not be written down: ${messageOf(fault)}`);
    } finally {
      this.isBooking = false;
    }
  }
}

function sum(a: DayCost, b: DayCost): DayCost {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens };
}
