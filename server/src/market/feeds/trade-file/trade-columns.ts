/** Trades of one file as growing columns, in file order. Units as in `TradeBatch`. */
export class TradeColumns {
  length = 0;
  tsMs = new Float64Array(0);
  price = new Float64Array(0);
  size = new Float64Array(0);
  updates = new Uint8Array(0);
  /** Line of the file each trade stands on, counted from 1. */
  line = new Uint32Array(0);

  /** Appends a trade and returns its row. */
  push(tsMs: number, price: number, size: number, updates: number, line: number): void {
    const row = this.length;
    if (row === this.tsMs.length) this.grow(Math.max(4_096, row * 2));
    this.tsMs[row] = tsMs;
    this.price[row] = price;
    this.size[row] = size;
    this.updates[row] = updates;
    this.line[row] = line;
    this.length = row + 1;
  }

  /** Copies row `from` over row `to`. */
  move(from: number, to: number): void {
    this.tsMs[to] = this.tsMs[from] as number;
    this.price[to] = this.price[from] as number;
    this.size[to] = this.size[from] as number;
    this.updates[to] = this.updates[from] as number;
    this.line[to] = this.line[from] as number;
  }

  private grow(capacity: number): void {
    this.tsMs = enlarged(this.tsMs, new Float64Array(capacity));
    this.price = enlarged(this.price, new Float64Array(capacity));
    this.size = enlarged(this.size, new Float64Array(capacity));
    this.updates = enlarged(this.updates, new Uint8Array(capacity));
    this.line = enlarged(this.line, new Uint32Array(capacity));
  }
}

function enlarged<T extends { set(from: T): void }>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
