import { Injectable } from '@nestjs/common';
import { timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import { sessionAt } from '@libs/calendar';
import type { QuoteFinding, SymbolFigures } from '@libs/coach';
import type { SymbolInfo } from '@libs/contract';
import { compileLine } from '@libs/rules';
import { CacheService } from '../../cache/index.js';
import { MarketPipeline } from '../../market/index.js';
import { BarReader } from '../../rules/index.js';
import { DeskTime } from './desk-time.js';
import { KEY_LEVELS, namingOf } from './named-values.js';
import { ToolFault } from './tool-fault.js';
import { TOOL_INPUTS } from './tool-inputs.js';
import { defineTool, type Tool } from './tool.js';

/** Prices, bars, values and sessions, as REST gives them. */
@Injectable()
export class MarketTools {
  /** The prior close changes once a day: remembered by the bar it was read at. */
  private readonly priorCloses = new Map<string, { seq: number; value: number | null }>();

  constructor(
    private readonly market: MarketPipeline,
    private readonly cache: CacheService,
    private readonly reader: BarReader,
    private readonly time: DeskTime,
  ) {}

  get tools(): readonly Tool[] {
    return [
      defineTool({
        name: 'get_quote',
        summary: 'The newest price of a symbol, its age, and its change from the prior close',
        input: TOOL_INPUTS.quote,
        isActing: false,
        run: async ({ symbol }) => ({ finding: await this.quote(symbol) }),
      }),
      defineTool({
        name: 'get_bars',
        summary: 'The newest finalized bars of a symbol',
        input: TOOL_INPUTS.bars,
        isActing: false,
        run: async ({ symbol, timeframe, count }) => ({
          finding: {
            kind: 'bars',
            of: this.figuresOf(symbol),
            timeframe,
            bars: await this.newest(symbol, timeframe, count),
          },
        }),
      }),
      defineTool({
        name: 'get_values',
        summary: 'Indicators and levels of a symbol at its newest finalized bar',
        input: TOOL_INPUTS.values,
        isActing: false,
        run: async ({ symbol, timeframe, of }) => {
          const figures = this.figuresOf(symbol);
          const [bar = null] = await this.newest(symbol, timeframe, 1);
          const names = of.length === 0 ? KEY_LEVELS : of;
          const values = await Promise.all(
            names.map(async (text) => {
              const naming = namingOf(text);
              if (naming === null) throw new ToolFault('bad_input', `${text} is no value the coach knows.`);
              return { ...naming, value: bar && (await this.valueAt(text, bar)) };
            }),
          );
          return { finding: { kind: 'values', of: figures, timeframe, bar, values } };
        },
      }),
      defineTool({
        name: 'get_session',
        summary: 'Which session the market is in, when it ends, and when the next one opens',
        input: TOOL_INPUTS.session,
        isActing: false,
        run: ({ symbol }) => {
          const of = this.figuresOf(symbol ?? this.market.symbols[0]?.symbol ?? '');
          const { session, startMs, endMs, nextOpenMs, tradeDate } = sessionAt(
            this.time.nowMs(),
            of.calendar,
          );
          return Promise.resolve({
            finding: { kind: 'session', of, session, startMs, endMs, nextOpenMs, tradeDate },
          });
        },
      }),
      defineTool({
        name: 'switch_chart',
        summary: "Shows another symbol or timeframe on the trader's chart",
        input: TOOL_INPUTS.switchChart,
        isActing: true,
        propose: ({ symbol, timeframe }) => {
          if (symbol !== undefined) this.figuresOf(symbol);
          return `Show ${[symbol, timeframe].filter((part) => part !== undefined).join(' ')}?`;
        },
        run: ({ symbol = null, timeframe = null }) => {
          if (symbol !== null) this.figuresOf(symbol);
          return Promise.resolve({
            finding: null,
            done: 'Shown.',
            deskAction: { kind: 'switch_chart', symbol, timeframe },
          });
        },
      }),
    ];
  }

  /** How figures of a symbol are told. Throws {@link ToolFault} for one the desk does not carry. */
  figuresOf(symbol: string): SymbolFigures {
    const { name, calendar, price_decimals } = this.infoOf(symbol);
    return { symbol, name, calendar, priceDecimals: price_decimals };
  }

  /** Newest finalized bars, ascending. */
  async newest(symbol: string, timeframe: Timeframe, count: number): Promise<Bar[]> {
    this.infoOf(symbol);
    const query = { symbol, timeframe, limit: count };
    return this.cache.fromMemory(query) ?? (await this.cache.fromArchive(query));
  }

  private async quote(symbol: string): Promise<QuoteFinding> {
    const of = this.figuresOf(symbol);
    const [bar] = await this.newest(symbol, '1m', 1);
    const trade = this.market.lastTrade(symbol);
    const newest =
      trade !== undefined && !Number.isNaN(trade.tsMs)
        ? { price: trade.price, size: trade.size, ts: trade.tsMs }
        : { price: bar?.ohlcv.c ?? null, size: null, ts: bar?.bar_end ?? null };
    const before = bar === undefined ? null : await this.priorClose(bar);
    return {
      kind: 'quote',
      of,
      ...newest,
      session: sessionAt(this.time.nowMs(), of.calendar).session,
      feedState: this.market.currentStatus.state,
      priorClose: bar === undefined || before === null ? null : { price: before, bar },
    };
  }

  private async priorClose(bar: Bar): Promise<number | null> {
    const known = this.priorCloses.get(bar.symbol);
    if (known?.seq === bar.seq) return known.value;
    const value = await this.valueAt('priorClose', bar);
    this.priorCloses.set(bar.symbol, { seq: bar.seq, value });
    return value;
  }

  private async valueAt(text: string, { symbol, timeframe, seq, bar_end }: Bar): Promise<number | null> {
    // What needs to tell sessions apart is read off minutes where the bars are too long for it.
    const readOn: Timeframe =
      timeframeMs(timeframe) > timeframeMs('30m') && !text.includes('(') ? '1m' : timeframe;
    const at = readOn === timeframe ? seq : Math.floor(bar_end / timeframeMs(readOn)) - 1;
    const line = compileLine(text, readOn);
    const bars = await this.reader.around(symbol, line.lookback, readOn, at, at);
    return line.points(bars, this.infoOf(symbol).calendar).at(-1)?.value ?? null;
  }

  private infoOf(symbol: string): SymbolInfo {
    const info = this.market.symbols.find((one) => one.symbol === symbol);
    if (info === undefined) throw new ToolFault('not_found', `${symbol} is not carried here.`);
    return info;
  }
}
