import { PCM_BYTES_PER_MS } from '@libs/coach';

const PER_MILLION = 1e6;
const MS_PER_SECOND = 1_000;
/** How the provider counts sound: a token for so much of what it hears, and of what it says. */
const HEARD_MS_PER_TOKEN = 100;
const SAID_MS_PER_TOKEN = 50;
/** Fewest characters a token of text stands for: an estimate with it is none too low. */
const CHARACTERS_PER_TOKEN = 3;

/** Dollars a million tokens, by what they are. */
export interface Prices {
  readonly textIn: number;
  readonly audioIn: number;
  readonly cachedIn: number;
  readonly textOut: number;
  readonly audioOut: number;
}

/** Tokens of one response, as the provider counts them. */
export interface Usage {
  readonly input_token_details?: { text_tokens?: number; audio_tokens?: number; cached_tokens?: number };
  readonly output_token_details?: { text_tokens?: number; audio_tokens?: number };
  readonly total_tokens?: number;
}

/** Usage of writing down what the trader said: by tokens, or by its length. */
export interface TranscriptionUsage {
  readonly type?: 'tokens' | 'duration';
  readonly seconds?: number;
  readonly total_tokens?: number;
  readonly input_token_details?: { audio_tokens?: number; text_tokens?: number };
  readonly output_tokens?: number;
}

/** Money, tokens, and seconds of speech. */
export interface Cost {
  readonly usd: number;
  readonly tokens: number;
  readonly seconds: number;
}

export const NO_COST: Cost = { usd: 0, tokens: 0, seconds: 0 };

export function sumOf(a: Cost, b: Cost): Cost {
  return { usd: a.usd + b.usd, tokens: a.tokens + b.tokens, seconds: a.seconds + b.seconds };
}

/** What a response cost, and the seconds that were spoken in it. */
export function costOfResponse(
  { input_token_details: given = {}, output_token_details: made = {}, total_tokens: tokens = 0 }: Usage,
  prices: Prices,
): Cost {
  const { text_tokens: text = 0, audio_tokens: audio = 0, cached_tokens: cached = 0 } = given;
  // Which of them are cached is not told everywhere: the dearer ones are counted whole.
  const cachedText = Math.min(text, cached);
  const saidTokens = made.audio_tokens ?? 0;
  const usd =
    ((text - cachedText) * prices.textIn +
      cachedText * prices.cachedIn +
      audio * prices.audioIn +
      (made.text_tokens ?? 0) * prices.textOut +
      saidTokens * prices.audioOut) /
    PER_MILLION;
  return { usd, tokens, seconds: (saidTokens * SAID_MS_PER_TOKEN) / MS_PER_SECOND };
}

/** What writing down the trader's words cost, at the prices of the model that answers, which are higher. */
export function costOfTranscription(
  {
    seconds,
    total_tokens: tokens = 0,
    input_token_details: given = {},
    output_tokens: written = 0,
  }: TranscriptionUsage,
  prices: Prices,
): Cost {
  const heardTokens = given.audio_tokens ?? Math.ceil(((seconds ?? 0) * MS_PER_SECOND) / HEARD_MS_PER_TOKEN);
  const usd =
    (heardTokens * prices.audioIn + (given.text_tokens ?? 0) * prices.textIn + written * prices.textOut) /
    PER_MILLION;
  return {
    usd,
    tokens: tokens === 0 ? heardTokens : tokens,
    seconds: seconds ?? (heardTokens * HEARD_MS_PER_TOKEN) / MS_PER_SECOND,
  };
}

/**
 * The most the next response of a conversation can cost: all that was said so far is its input, as if nothing of it were
 * cached, and it is as long as a response may be.
 */
export class CostForecast {
  private textTokens = 0;
  private audioTokens = 0;
  /** What of it came since a response was asked for, and is in no count of the provider yet. */
  private newText = 0;
  private newAudio = 0;

  constructor(
    private readonly prices: Prices,
    private readonly mostOutputTokens: number,
  ) {}

  /** A new conversation, which knows so many characters of instructions and tools. */
  begin(characters: number): void {
    this.textTokens = 0;
    this.audioTokens = 0;
    this.asked();
    this.addText(characters);
  }

  /** Text that goes into the conversation. */
  addText(characters: number): void {
    const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
    this.textTokens += tokens;
    this.newText += tokens;
  }

  /** Sound that goes into the conversation, base64 of PCM. */
  addSound(base64: string): void {
    const tokens = Buffer.byteLength(base64, 'base64') / PCM_BYTES_PER_MS / HEARD_MS_PER_TOKEN;
    this.audioTokens += tokens;
    this.newAudio += tokens;
  }

  /** A response is asked for: it is given what is there by now. */
  asked(): void {
    this.newText = 0;
    this.newAudio = 0;
  }

  /** As the provider counted: what it was given and what it made are the input of the next response. */
  learn({ input_token_details: given, output_token_details: made }: Usage): void {
    if (given === undefined) return;
    this.textTokens = (given.text_tokens ?? 0) + (made?.text_tokens ?? 0) + this.newText;
    this.audioTokens = (given.audio_tokens ?? 0) + (made?.audio_tokens ?? 0) + this.newAudio;
  }

  /** Dollars. */
  mostUsd(modality: 'audio' | 'text'): number {
    const { textIn, audioIn, textOut, audioOut } = this.prices;
    const out = modality === 'text' ? textOut : Math.max(textOut, audioOut);
    return (
      (this.textTokens * textIn + Math.ceil(this.audioTokens) * audioIn + this.mostOutputTokens * out) /
      PER_MILLION
    );
  }
}
