import type { EpochMs, TradeBatch } from '@libs/bars';
import type { TradeColumns } from './trade-columns.js';

/** Gives the next file of a symbol, `undefined` after the last one. */
export type NextTrades = () => Promise<
  Pick<TradeColumns, 'length' | 'tsMs' | 'price' | 'size' | 'updates'> | undefined
>;

interface Lane {
  readonly next: NextTrades;
  trades: Awaited<ReturnType<NextTrades>>;
  row: number;
  /** Running maximum of time up to and with the row at the head: a late row is due when it stands in the file. */
  dueMs: EpochMs;
}

/**
 * Merges the trades of several symbols into one order that depends on the trades alone: by the running maximum of time
 * within each symbol, then by symbol index. Within a symbol the order of the files and of their rows is kept. Each
 * symbol holds one file in memory at a time.
 */
export class TradeMerge {
  private readonly lanes: Lane[];

  constructor(sources: readonly NextTrades[]) {
    this.lanes = sources.map((next) => ({
      next,
      trades: { length: 0, tsMs: NO_ROWS, price: NO_ROWS, size: NO_ROWS, updates: new Uint8Array() },
      row: 0,
      dueMs: -Infinity,
    }));
  }

  /** Loads the next file wherever one has been used up. Must be awaited before each {@link fill}. */
  async ready(): Promise<void> {
    for (const lane of this.lanes) {
      while (lane.trades !== undefined && lane.row >= lane.trades.length) {
        lane.trades = undefined;
        lane.trades = await lane.next();
        lane.row = 0;
        advance(lane);
      }
    }
  }

  /** When the next trade is due, `Infinity` after the last one. Valid after {@link ready}. */
  get nextDueMs(): EpochMs {
    return Math.min(...this.lanes.map((lane) => lane.dueMs));
  }

  /**
   * Fills the batch, from its start, with trades that are due at or before `untilMs`. Stops early where a file is used
   * up; the batch stays empty only if nothing is due.
   */
  fill(batch: TradeBatch, untilMs: EpochMs): void {
    batch.length = 0;
    for (;;) {
      const symbolIndex = this.firstLane();
      const lane = this.lanes[symbolIndex];
      if (lane === undefined || lane.dueMs > untilMs) return;
      // Other lanes stand still meanwhile, so this one goes on until another comes before it.
      const limitMs = Math.min(untilMs, this.turnOfOthersMs(symbolIndex));
      if (!copyRun(lane, symbolIndex, limitMs, batch)) return;
    }
  }

  private firstLane(): number {
    let first = -1;
    let earliestMs = Infinity;
    for (let i = 0; i < this.lanes.length; i++) {
      const { dueMs } = this.lanes[i] as Lane;
      if (dueMs < earliestMs) [first, earliestMs] = [i, dueMs];
    }
    return first;
  }

  /** Last moment at which this lane still comes before every other one: of equal times the lower index goes first. */
  private turnOfOthersMs(symbolIndex: number): EpochMs {
    let limitMs = Infinity;
    for (let i = 0; i < this.lanes.length; i++) {
      if (i === symbolIndex) continue;
      const { dueMs } = this.lanes[i] as Lane;
      limitMs = Math.min(limitMs, i < symbolIndex ? justBefore(dueMs) : dueMs);
    }
    return limitMs;
  }
}

const NO_ROWS = new Float64Array();

/** Times are whole milliseconds. */
function justBefore(tsMs: EpochMs): EpochMs {
  return tsMs - 1;
}

function advance(lane: Lane): void {
  const { trades, row } = lane;
  if (trades === undefined) lane.dueMs = Infinity;
  else if (row < trades.length) lane.dueMs = Math.max(lane.dueMs, trades.tsMs[row] as number);
}

/** Copies rows that are due by `limitMs`. Returns whether merging can go on: the batch has room and the file has rows. */
function copyRun(lane: Lane, symbolIndex: number, limitMs: EpochMs, batch: TradeBatch): boolean {
  const { trades } = lane;
  if (trades === undefined) return false;
  const capacity = batch.tsMs.length;
  let { row, dueMs } = lane;
  let to = batch.length;
  while (dueMs <= limitMs && to < capacity) {
    batch.symbolIndex[to] = symbolIndex;
    batch.tsMs[to] = trades.tsMs[row] as number;
    batch.price[to] = trades.price[row] as number;
    batch.size[to] = trades.size[row] as number;
    batch.updates[to] = trades.updates[row] as number;
    to++;
    row++;
    if (row >= trades.length) break;
    const tsMs = trades.tsMs[row] as number;
    if (tsMs > dueMs) dueMs = tsMs;
  }
  batch.length = to;
  lane.row = row;
  lane.dueMs = dueMs;
  return to < capacity && row < trades.length;
}
