import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { TRADE_DIMENSIONS } from '@libs/contract';
import {
  breakdown,
  calendarOf,
  countedTrades,
  deepestDrawdown,
  distributionOfR,
  equityCurve,
  riskOf,
  streaksOf,
  summaryOf,
  zoneClock,
  type CalendarDay,
  type CountedTrade,
  type Dimension,
  type Drawdown,
  type Figure,
  type Interval,
  type JournalNote,
  type RBin,
  type Streaks,
  type Summary,
  type TradeContext,
  type ZoneClock,
} from '@libs/journal';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProblemException } from '../common/problem.exception.js';
import { EntryStore } from './entry-store.js';
import { tradeApiId } from './journal-key.js';
import type { StatsQuery } from './journal-requests.js';
import { TradeBars } from './trade-bars.js';
import { TradeBooks } from './trade-books.js';
import { TradeStore, type StoredTrade } from './trade-store.js';
import { entryOf } from './trades.service.js';

/** Trades one answer may rest on; more would be an answer of tens of megabytes. */
const MOST_TRADES = 100_000;

/** A figure and how far to believe it. */
export interface FigureAnswer {
  readonly value: number | null;
  /** 95 %; `null` where none can be given. */
  readonly interval: Interval | null;
  /** Trades it rests on. */
  readonly n: number;
  /** Whether those are too few to be believed. */
  readonly isSmallSample: boolean;
}

/** What some trades come to. */
export interface SummaryAnswer {
  readonly n: number;
  /** The trades all this rests on, but what is in R. */
  readonly tradeIds: readonly string[];
  /** Those of them that had a planned stop: what is in R rests on. */
  readonly measuredTradeIds: readonly string[];
  readonly winRate: FigureAnswer;
  readonly profitFactor: FigureAnswer;
  readonly expectancy: FigureAnswer;
  readonly expectancyR: FigureAnswer;
  /** Exact money, as decimal texts. */
  readonly net: string;
  readonly gross: string;
  readonly fees: string;
  /** Sum of the results in R; `null` without a measured trade. */
  readonly totalR: number | null;
  readonly wins: number;
  readonly losses: number;
  readonly scratches: number;
}

/** Statistics of closed trades in one currency. */
export interface StatisticsAnswer {
  readonly zone: string;
  readonly currency: string;
  /** Every currency there are trades in, the most traded first. */
  readonly currencies: readonly string[];
  /** When the newest closed trade of the whole journal was closed; `null` without any. */
  readonly lastClosedAtMs: EpochMs | null;
  readonly summary: SummaryAnswer;
  readonly breakdowns: Readonly<Record<Dimension, readonly (SummaryAnswer & { readonly key: string })[]>>;
  readonly equity: readonly {
    readonly atMs: EpochMs;
    readonly tradeId: string;
    readonly total: string;
    /** Sum of the results in R so far. */
    readonly totalR: number;
  }[];
  readonly drawdown: Drawdown;
  readonly streaks: Streaks;
  readonly calendar: readonly CalendarDay[];
  readonly distribution: readonly RBin[];
}

/** What the trades of a journal come to. */
@Injectable()
export class StatisticsService {
  constructor(
    private readonly books: TradeBooks,
    private readonly trades: TradeStore,
    private readonly entries: EntryStore,
    private readonly bars: TradeBars,
  ) {}

  async of(ownerId: number, query: StatsQuery): Promise<StatisticsAnswer> {
    await this.books.bringUpToDate(ownerId);
    const currencies = await this.trades.currencies(ownerId);
    const currency = query.currency ?? currencies[0] ?? 'USD';
    const counted = await this.counted(ownerId, currency, query);
    const clock = zoneClock(query.zone);
    return {
      zone: query.zone,
      currency,
      currencies,
      lastClosedAtMs: await this.trades.lastClosing(ownerId),
      summary: summaryAnswer(counted, summaryOf(counted)),
      breakdowns: await this.breakdowns(counted, clock),
      equity: withR(counted),
      drawdown: deepestDrawdown(counted),
      streaks: streaksOf(counted),
      calendar: calendarOf(counted, clock),
      distribution: distributionOfR(counted),
    };
  }

  private async counted(ownerId: number, currency: string, query: StatsQuery): Promise<CountedTrade[]> {
    const byFill = new Map<string | null, JournalNote>();
    for await (const page of this.entries.pages(ownerId))
      for (const note of page) if (note.fillId !== null) byFill.set(note.fillId, note);
    const stored: StoredTrade[] = [];
    const contexts = new Map<string, TradeContext>();
    for await (const page of this.trades.closedPages(ownerId, {
      fromMs: query.from,
      toMs: query.to,
      currency,
    })) {
      for (const one of page) {
        const context = contextOf(one, entryOf(one.trade, byFill));
        if (!isWanted(one, context, query)) continue;
        stored.push(one);
        contexts.set(tradeApiId(one.key), context);
      }
      if (stored.length > MOST_TRADES)
        throw new ProblemException({
          status: 400,
          detail: `These are more than ${MOST_TRADES} trades; narrow the time down with from and to.`,
        });
    }
    return countedTrades(
      stored.map(({ key, trade }) => ({ ...trade, id: tradeApiId(key) })),
      contexts,
    );
  }

  /** One after another with a breath in between: many trades take their time, and the stream goes on. */
  private async breakdowns(
    counted: readonly CountedTrade[],
    clock: ZoneClock,
  ): Promise<StatisticsAnswer['breakdowns']> {
    const made: Partial<Record<Dimension, (SummaryAnswer & { key: string })[]>> = {};
    for (const dimension of TRADE_DIMENSIONS) {
      await nextTurn();
      made[dimension] = this.groups(counted, dimension, clock);
    }
    return made as Required<typeof made>;
  }

  /** Sessions are those of the market each symbol trades on. */
  private groups(
    counted: readonly CountedTrade[],
    dimension: Dimension,
    clock: ZoneClock,
  ): (SummaryAnswer & { key: string })[] {
    const byId = new Map(counted.map((trade) => [trade.id, trade]));
    const calendars =
      dimension === 'session'
        ? Map.groupBy(counted, ({ trade }) => this.bars.calendarOf(trade.symbol))
        : new Map([['XNYS' as const, counted]]);
    return [...calendars].flatMap(([calendar, trades]) =>
      breakdown(trades, dimension, { clock, calendar }).map(({ key, summary }) => ({
        key,
        ...summaryAnswer(
          summary.winRate.tradeIds.flatMap((id) => byId.get(id) ?? []),
          summary,
        ),
      })),
    );
  }
}

function contextOf({ trade, signals }: StoredTrade, note: JournalNote | null): TradeContext {
  return {
    resultR: (note && riskOf(trade, note)?.realisedR) ?? null,
    setup: note?.setup ?? null,
    rules: [...new Set(signals.map(({ ruleName }) => ruleName))],
    tags: note?.tags ?? [],
    followedRules: note?.followedRules ?? null,
  };
}

function isWanted({ trade }: StoredTrade, context: TradeContext, query: StatsQuery): boolean {
  const { symbol, setup, tag, rule } = query;
  return (
    (symbol === undefined || trade.symbol === symbol) &&
    (setup === undefined || context.setup === setup) &&
    (tag === undefined || context.tags.includes(tag)) &&
    (rule === undefined || context.rules.includes(rule))
  );
}

function summaryAnswer(trades: readonly CountedTrade[], summary: Summary): SummaryAnswer {
  const { winRate, profitFactor, expectancy, expectancyR, net, gross, fees } = summary;
  const results = trades.flatMap(({ resultR }) => resultR ?? []);
  return {
    n: trades.length,
    tradeIds: winRate.tradeIds,
    measuredTradeIds: expectancyR.tradeIds,
    winRate: figureAnswer(winRate),
    profitFactor: figureAnswer(profitFactor),
    expectancy: figureAnswer(expectancy),
    expectancyR: figureAnswer(expectancyR),
    net,
    gross,
    fees,
    totalR: results.length === 0 ? null : results.reduce((sum, one) => sum + one, 0),
    wins: summary.wins.length,
    losses: summary.losses.length,
    scratches: summary.scratches.length,
  };
}

function figureAnswer({ value, interval, isSmallSample, tradeIds }: Figure): FigureAnswer {
  return { value, interval, n: tradeIds.length, isSmallSample };
}

function withR(counted: readonly CountedTrade[]): StatisticsAnswer['equity'] {
  let totalR = 0;
  return equityCurve(counted).map((point, place) => {
    totalR += counted[place]?.resultR ?? 0;
    return { ...point, totalR };
  });
}
