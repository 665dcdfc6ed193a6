import { roundVolume, UPDATES_HIGH_LOW, UPDATES_OPEN_CLOSE, type TradeBatch } from '@libs/bars';
import type { TapeEvent, TapeQuote, TapeRow } from '@libs/contract';
import { Subject, type Observable } from 'rxjs';
import type { CancelTimer, Clock } from '../../common/clock.js';

/** How often a tape is told what traded. */
const TAPE_PERIOD_MS = 250;
/** Most rows of a symbol in one message: in a burst only the newest are legible. */
export const ROWS_PER_TAPE = 16;

const SETS_PRICE = UPDATES_OPEN_CLOSE | UPDATES_HIGH_LOW;

/** What traded in one symbol since it was last told. */
class PendingTape {
  private rows: TapeRow[] = [];
  private leftOut = 0;

  /** A trade at the price of the one before it makes that row larger. */
  add({ ts, price, size, volume_only }: TapeRow): void {
    const last = this.rows.at(-1);
    if (last?.price === price && last.volume_only === volume_only) {
      this.rows[this.rows.length - 1] = {
        ...last,
        ts: Math.max(ts, last.ts),
        size: roundVolume(last.size + size),
        n: last.n + 1,
      };
      return;
    }
    this.rows.push({ ts, price, size, n: 1, ...(volume_only === true && { volume_only }) });
    if (this.rows.length > ROWS_PER_TAPE) this.leftOut += this.rows.shift()?.n ?? 0;
  }

  /** `null` where nothing traded. */
  take(symbol: string): TapeEvent | null {
    const { rows, leftOut } = this;
    if (rows.length === 0) return null;
    this.rows = [];
    this.leftOut = 0;
    return { symbol, rows, left_out: leftOut };
  }
}

/**
 * The trades of some symbols for people to read: those at one price in a row become one line, and of a burst only the
 * newest lines are kept. Nothing is collected of a symbol that nobody looks at, and there is room for
 * {@link ROWS_PER_TAPE} lines of each of the others.
 */
export class ConflatedTape {
  private readonly lookers = new Map<string, number>();
  private elsewhere: ReadonlySet<string> = new Set();
  /** By symbol index. */
  private readonly pending = new Map<number, PendingTape>();

  private readonly tellings = new Subject<readonly TapeEvent[]>();
  /** Runs while somebody looks at something. */
  private stopTimer: CancelTimer | null = null;

  constructor(
    private readonly symbols: readonly { readonly symbol: string }[],
    private readonly clock: Pick<Clock, 'every'>,
    /** Bid and ask of a symbol (by index), where they are known. */
    private readonly quoteOf: (index: number) => TapeQuote | undefined = () => undefined,
  ) {}

  /** What traded, in messages of one event for each symbol that traded. */
  get told$(): Observable<readonly TapeEvent[]> {
    return this.tellings;
  }

  /** Symbols that somebody looks at here. */
  get demanded(): string[] {
    return [...this.lookers.keys()];
  }

  /** Somebody looks at a symbol (upper case). Returns what ends that. */
  demand(symbol: string): () => void {
    this.lookers.set(symbol, (this.lookers.get(symbol) ?? 0) + 1);
    this.runTimer();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.lookers.get(symbol) ?? 1) - 1;
      if (left > 0) this.lookers.set(symbol, left);
      else this.lookers.delete(symbol);
      this.runTimer();
    };
  }

  /** Symbols that somebody looks at in another process. */
  demandedElsewhere(symbols: Iterable<string>): void {
    this.elsewhere = new Set(symbols);
    this.runTimer();
  }

  /** Takes trades that are in the bars already; the batch is valid only during the call. */
  collect(batch: TradeBatch): void {
    if (this.stopTimer === null) return;
    for (let row = 0; row < batch.length; row++) {
      const pending = this.pendingOf(batch.symbolIndex[row] as number);
      const updates = batch.updates[row] as number;
      // A trade that counts for nothing was corrected away or is no trade of the market.
      if (pending === null || updates === 0) continue;
      pending.add({
        ts: batch.tsMs[row] as number,
        price: batch.price[row] as number,
        size: batch.size[row] as number,
        n: 1,
        ...((updates & SETS_PRICE) === 0 && { volume_only: true }),
      });
    }
  }

  /** What is collected belongs to a time that nobody looks at any more. */
  forget(): void {
    this.pending.clear();
  }

  private runTimer(): void {
    const isWatched = this.lookers.size > 0 || this.elsewhere.size > 0;
    if (isWatched === (this.stopTimer !== null)) return;
    this.stopTimer?.();
    this.stopTimer = isWatched ? this.clock.every(TAPE_PERIOD_MS, () => this.tell()) : null;
    this.forget();
  }

  private tell(): void {
    const events: TapeEvent[] = [];
    for (const [index, pending] of this.pending) {
      const symbol = this.symbols[index]?.symbol ?? '';
      const event = pending.take(symbol);
      const quote = this.quoteOf(index);
      if (event !== null) events.push(quote === undefined ? event : { ...event, quote });
      if (!this.isWanted(symbol)) this.pending.delete(index);
    }
    if (events.length > 0) this.tellings.next(events);
  }

  private pendingOf(index: number): PendingTape | null {
    const known = this.pending.get(index);
    if (known !== undefined) return known;
    if (!this.isWanted(this.symbols[index]?.symbol ?? '')) return null;
    const made = new PendingTape();
    this.pending.set(index, made);
    return made;
  }

  private isWanted(symbol: string): boolean {
    return this.lookers.has(symbol) || this.elsewhere.has(symbol);
  }
}
