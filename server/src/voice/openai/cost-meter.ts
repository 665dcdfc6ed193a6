import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';

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

/** What the coach has cost today (UTC), for the whole desk. */
@Injectable()
export class CostMeter {
  private day = NaN;
  private spentUsd = 0;
  private tokens = 0;

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly clock: Clock,
  ) {}

  /** Whether one more response may be asked for. */
  get isCapped(): boolean {
    this.turnDay();
    return this.spentUsd >= this.env.COACH_DAILY_USD;
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
    this.spentUsd += usd;
    this.tokens += total;
    return usd;
  }

  /** For the meter on the page. */
  get today(): { usd: number; tokens: number; capUsd: number } {
    this.turnDay();
    return { usd: this.spentUsd, tokens: this.tokens, capUsd: this.env.COACH_DAILY_USD };
  }

  private turnDay(): void {
    const day = Math.floor(this.clock.nowMs() / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.spentUsd = 0;
    this.tokens = 0;
  }
}
