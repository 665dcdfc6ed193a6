import { createTradeBatch, type TradeBatch } from '@libs/bars';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import type { Clock } from '../../../common/clock.js';
import type { FeedContext, FeedEvent, MarketFeed } from '../market-feed.port.js';

/** Any event but trades, or the number of trades that came in one batch. */
export type RecordedEvent = Exclude<FeedEvent, { kind: 'trades' }> | { kind: 'trades'; trades: number };

/** Trades as one row of numbers each: symbol index, time, price, size, updates. */
export type TradeRow = readonly [number, number, number, number, number];

export interface RecorderOptions {
  readonly clock: Clock;
  readonly recordedUntilMs?: number | null;
  readonly writable?: () => Promise<void>;
  /** Called with every event, before it is recorded. */
  readonly onEvent?: (event: FeedEvent) => void;
}

const COLUMNS = ['symbolIndex', 'tsMs', 'price', 'size', 'updates'] as const;

/** Opens a feed and keeps everything it tells; batches are copied, as their columns are reused. */
export class FeedRecorder {
  readonly events: RecordedEvent[] = [];
  readonly rejected: string[] = [];
  isComplete = false;
  error: unknown;
  private readonly counts = new Map<FeedEvent['kind'], number>();
  private taken: TradeBatch = createTradeBatch(4_096);
  private readonly subscription: Subscription;

  constructor(feed: MarketFeed, options: RecorderOptions) {
    const context: FeedContext = {
      clock: options.clock,
      recordedUntilMs: options.recordedUntilMs ?? null,
      writable: options.writable ?? (async () => Promise.resolve()),
      reject: (reason, sample, count = 1) => {
        this.rejected.push(...Array.from({ length: count }, () => `${reason} ${sample}`));
      },
    };
    this.subscription = feed.open(context).subscribe({
      next: (event) => {
        options.onEvent?.(event);
        this.record(event);
      },
      error: (thrown: unknown) => {
        this.error = thrown;
      },
      complete: () => {
        this.isComplete = true;
      },
    });
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  has(kind: FeedEvent['kind']): boolean {
    return this.countOf(kind) > 0;
  }

  /** How often an event of this kind came. */
  countOf(kind: FeedEvent['kind']): number {
    return this.counts.get(kind) ?? 0;
  }

  get reasons(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'status' ? [`${event.state}: ${event.reason}`] : [],
    );
  }

  get trades(): number {
    return this.taken.length;
  }

  /** Calls `visit` with every trade in order. */
  forEachTrade(visit: (...row: TradeRow) => void): void {
    const { symbolIndex, tsMs, price, size, updates } = this.taken;
    for (let i = 0; i < this.trades; i++) {
      visit(
        symbolIndex[i] as number,
        tsMs[i] as number,
        price[i] as number,
        size[i] as number,
        updates[i] as number,
      );
    }
  }

  /** All trades as rows, at most `limit`. */
  rows(limit = Infinity): TradeRow[] {
    const rows: TradeRow[] = [];
    this.forEachTrade((...row) => {
      if (rows.length < limit) rows.push(row);
    });
    return rows;
  }

  /** Whether the trades of the shorter of two records are the first ones of the longer. */
  agreesWith(other: FeedRecorder): boolean {
    const trades = Math.min(this.trades, other.trades);
    return COLUMNS.every((name) =>
      bytesOf(this.taken[name], trades).equals(bytesOf(other.taken[name], trades)),
    );
  }

  private record(event: FeedEvent): void {
    this.counts.set(event.kind, this.countOf(event.kind) + 1);
    if (event.kind !== 'trades') {
      this.events.push(event);
      return;
    }
    this.events.push({ kind: 'trades', trades: event.batch.length });
    const { length } = event.batch;
    const room = this.taken.tsMs.length;
    if (this.taken.length + length > room) this.taken = copyOf(this.taken, 2 * room + length);
    for (const name of COLUMNS)
      this.taken[name].set(event.batch[name].subarray(0, length), this.taken.length);
    this.taken.length += length;
  }
}

function copyOf(batch: TradeBatch, capacity: number): TradeBatch {
  const copy = createTradeBatch(capacity);
  copy.length = batch.length;
  for (const name of COLUMNS) copy[name].set(batch[name]);
  return copy;
}

function bytesOf(column: TradeBatch[(typeof COLUMNS)[number]], rows: number): Buffer {
  return Buffer.from(column.buffer, 0, rows * column.BYTES_PER_ELEMENT);
}

/** Gives way to the event loop until the condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

/** Lets everything that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
}
