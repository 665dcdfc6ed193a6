import type { FinishedMinute } from './closed-bar.js';
import { grownCounts, grownFlags, grownNumbers } from './grown-columns.js';
import { roundVolume } from './volume.js';

/**
 * Accumulators of many bars as columns: row `i` of every column is one forming bar. What the bar builder and the
 * rollups fold into; a row is reset and reused, so folding allocates nothing.
 */
export class OhlcvColumns {
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  /** Sum of price times size over the trades that count for the average price. */
  notional: Float64Array;
  /** Volume of the trades in `notional`; differs from `volume` where a doubtful price was kept out of the average. */
  vwapVolume: Float64Array;
  trades: Uint32Array;
  /** 1 once a trade set open and close. A row without is no bar. */
  priced: Uint8Array;

  constructor(rows: number) {
    this.open = new Float64Array(rows);
    this.high = new Float64Array(rows);
    this.low = new Float64Array(rows);
    this.close = new Float64Array(rows);
    this.volume = new Float64Array(rows);
    this.notional = new Float64Array(rows);
    this.vwapVolume = new Float64Array(rows);
    this.trades = new Uint32Array(rows);
    this.priced = new Uint8Array(rows);
  }

  /** Makes room for more rows; those that are there stay as they are. */
  grow(rows: number): void {
    this.open = grownNumbers(this.open, rows);
    this.high = grownNumbers(this.high, rows);
    this.low = grownNumbers(this.low, rows);
    this.close = grownNumbers(this.close, rows);
    this.volume = grownNumbers(this.volume, rows);
    this.notional = grownNumbers(this.notional, rows);
    this.vwapVolume = grownNumbers(this.vwapVolume, rows);
    this.trades = grownCounts(this.trades, rows);
    this.priced = grownFlags(this.priced, rows);
  }

  reset(row: number): void {
    this.open[row] = 0;
    this.high[row] = -Infinity;
    this.low[row] = Infinity;
    this.close[row] = 0;
    this.volume[row] = 0;
    this.notional[row] = 0;
    this.vwapVolume[row] = 0;
    this.trades[row] = 0;
    this.priced[row] = 0;
  }

  /** Puts a finished bar into a row. */
  set(row: number, { o, h, l, c, v, vw, n }: Omit<FinishedMinute, 'symbolIndex' | 'startMs'>): void {
    this.open[row] = o;
    this.high[row] = h;
    this.low[row] = l;
    this.close[row] = c;
    this.volume[row] = v;
    this.notional[row] = vw * v;
    this.vwapVolume[row] = v;
    this.trades[row] = n;
    this.priced[row] = 1;
  }

  /** Folds a later bar into an earlier one: `row` of `this` takes in `otherRow` of `other`. */
  add(row: number, other: OhlcvColumns, otherRow: number): void {
    if (at(other.priced, otherRow) === 1) {
      if (at(this.priced, row) === 0) {
        this.open[row] = at(other.open, otherRow);
        this.priced[row] = 1;
      }
      this.close[row] = at(other.close, otherRow);
    }
    if (at(other.high, otherRow) > at(this.high, row)) this.high[row] = at(other.high, otherRow);
    if (at(other.low, otherRow) < at(this.low, row)) this.low[row] = at(other.low, otherRow);
    // Rounded at each step: the noise of a day's 1,440 additions would grow beyond what one rounding at the end removes.
    this.volume[row] = roundVolume(at(this.volume, row) + at(other.volume, otherRow));
    this.notional[row] = at(this.notional, row) + at(other.notional, otherRow);
    this.vwapVolume[row] = at(this.vwapVolume, row) + at(other.vwapVolume, otherRow);
    this.trades[row] = at(this.trades, row) + at(other.trades, otherRow);
  }

  /** Volume-weighted average price of a row; its close where nothing was counted for the average. */
  vwap(row: number): number {
    const volume = at(this.vwapVolume, row);
    return volume > 0 ? at(this.notional, row) / volume : at(this.close, row);
  }
}

type NumberColumn = Float64Array | Uint32Array | Uint8Array;

/** Reads a cell that is known to be there; keeps the index checks of the type system out of the hot loops. */
function at(column: NumberColumn, row: number): number {
  return column[row] as number;
}
