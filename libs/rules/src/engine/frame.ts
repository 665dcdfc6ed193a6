import type { Bar, EpochMs, Seq, Timeframe } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import type { Cell, CellHost, Gatherer } from '../cells/cell.js';
import type { BarPrices } from '../indicators/recursion.js';
import { TradingClock } from '../sessions/trading-clock.js';
import type { FramePlan } from './plan.js';
import { execute } from './program.js';

const NO_PRICES: BarPrices = { o: NaN, h: NaN, l: NaN, c: NaN, v: NaN };

/** Finds the value of a slot in another series of the same symbol. */
export type ReadOther = (timeframe: Timeframe, slot: number) => number;

/** All values of one symbol and timeframe at its newest bar, kept current bar by bar. */
export class Frame implements CellHost {
  readonly values: Float64Array;
  readonly timeframe: Timeframe;
  seq: Seq = -1;
  prevSeq: Seq | null = null;
  prices: BarPrices = NO_PRICES;
  averagePrice = NaN;
  barStartMs: EpochMs = NaN;
  private readonly cells: ReadonlyMap<number, Cell>;
  private readonly steps: readonly (() => void)[];
  private readonly program: Int32Array;
  private readonly gatherers = new Map<string, Gatherer>();
  private readonly gathering: Gatherer[] = [];
  private tradingClock: TradingClock | undefined;

  constructor(
    private readonly plan: FramePlan,
    private readonly calendar: CalendarName,
    private readonly readOther: ReadOther,
  ) {
    this.timeframe = plan.timeframe;
    this.values = new Float64Array(plan.size).fill(NaN);
    for (const { slot, value } of plan.constants) this.values[slot] = value;
    this.cells = new Map(
      plan.cells.map(({ slot, make, inputs, settings }) => [
        slot,
        make({ host: this, slot, inputs, settings }),
      ]),
    );
    this.steps = [...this.cells.values()].map((cell) => cell.step);
    this.program = plan.program;
  }

  clock(): TradingClock {
    this.tradingClock ??= new TradingClock(this.calendar, this.timeframe);
    return this.tradingClock;
  }

  shared<G extends Gatherer>(name: string, make: () => G): G {
    const known = this.gatherers.get(name);
    // Whoever asks under a name makes the same kind of thing.
    if (known !== undefined) return known as G;
    const gatherer = make();
    this.gatherers.set(name, gatherer);
    this.gathering.push(gatherer);
    return gatherer;
  }

  valueOn(timeframe: Timeframe, slot: number): number {
    return this.readOther(timeframe, slot);
  }

  /** Why the value of a slot is unknown; `undefined` for values of the bar itself. */
  why(slot: number): string | undefined {
    return this.cells.get(slot)?.why() ?? this.plan.whyUnknown(slot);
  }

  /** Takes the next bar of the series and brings every value up to date. */
  push(bar: Bar): void {
    const { ohlcv, vw } = bar;
    const { values } = this;
    this.seq = bar.seq;
    this.prevSeq = bar.prev_seq;
    this.prices = ohlcv;
    this.averagePrice = vw;
    this.barStartMs = bar.bar_start;
    // In the order of BAR_FIELDS.
    values[0] = ohlcv.o;
    values[1] = ohlcv.h;
    values[2] = ohlcv.l;
    values[3] = ohlcv.c;
    values[4] = ohlcv.v;
    values[5] = vw;
    values[6] = bar.n;
    this.tradingClock?.advance(bar.bar_start, bar.prev_seq);
    for (const gatherer of this.gathering) gatherer.gather();
    execute(this.program, values, this.steps);
  }
}
