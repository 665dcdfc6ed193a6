import { createTradeBatch, type TradeBatch } from '@libs/bars';

/** Rows copied in one go. */
const BATCH_ROWS = 8_192;

/** Trades copied out of batches whose columns are reused, until somebody takes them: 27 bytes each, and no object. */
export class WaitingTrades {
  private full: TradeBatch[] = [];
  private readonly filling = createTradeBatch(BATCH_ROWS);
  private rows = 0;

  /** Beyond `cap` trades nothing more is taken. */
  constructor(private readonly cap: number) {}

  get count(): number {
    return this.rows;
  }

  /** Copies a batch. Returns how many of its trades there was no room for. */
  collect(batch: TradeBatch): number {
    const taken = Math.min(batch.length, this.cap - this.rows);
    for (let from = 0; from < taken;) {
      const upTo = Math.min(taken, from + BATCH_ROWS - this.filling.length);
      append(this.filling, batch, from, upTo);
      from = upTo;
      if (this.filling.length === BATCH_ROWS) this.keepFilling();
    }
    this.rows += taken;
    return batch.length - taken;
  }

  /** Everything collected since the last call, in order. */
  take(): TradeBatch[] {
    this.keepFilling();
    const { full } = this;
    this.full = [];
    this.rows = 0;
    return full;
  }

  /** Copies of just the size they need: the columns that are filled stay here. */
  private keepFilling(): void {
    const { filling } = this;
    if (filling.length === 0) return;
    const copy = createTradeBatch(filling.length);
    append(copy, filling, 0, filling.length);
    this.full.push(copy);
    filling.length = 0;
  }
}

function append(into: TradeBatch, batch: TradeBatch, from: number, upTo: number): void {
  const at = into.length;
  into.symbolIndex.set(batch.symbolIndex.subarray(from, upTo), at);
  into.tsMs.set(batch.tsMs.subarray(from, upTo), at);
  into.price.set(batch.price.subarray(from, upTo), at);
  into.size.set(batch.size.subarray(from, upTo), at);
  into.updates.set(batch.updates.subarray(from, upTo), at);
  into.length = at + upTo - from;
}
