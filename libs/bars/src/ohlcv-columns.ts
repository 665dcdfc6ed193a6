import { roundVolume } from './volume.js';

/**
 * Accumulators of many bars as columns: row `i` of every column is one forming bar. What the bar builder and the
 * rollups fold into; a row is reset and reused, so folding allocates nothing.
 */
export class OhlcvColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** Sum of price times size over the trades that count for the average price. */
  readonly notional: Float64Array;
  /** Volume of the trades in `notional`; differs from `volume` where a doubtful price was kept out of the average. */
  readonly vwapVolume: Float64Array;
  readonly trades: Uint32Array;
  /** 1 once a trade set open and close. A row without is no bar. */
  readonly priced: Uint8Array;

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
