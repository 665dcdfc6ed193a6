import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { extendedSessionAt } from '@libs/calendar';
import type { JournalEntry } from '@libs/contract';
import { amountNumber, riskOf, zoneClock, type JournalNote, type Trade } from '@libs/journal';
import { badField, ProblemException } from '../common/problem.exception.js';
import { entryAnswer } from './entries.service.js';
import { EntrySignals } from './entry-signals.js';
import { EntryStore, type StoredEntry } from './entry-store.js';
import { FillStore } from './fill-store.js';
import { fillAnswer, type FillAnswer } from './fills.service.js';
import { fillApiId, keyInApiId, keyOf, tradeApiId } from './journal-key.js';
import { TradeBars } from './trade-bars.js';
import { TradeBooks } from './trade-books.js';
import { TradeStore, type EntrySignal, type StoredTrade } from './trade-store.js';
import type { ExcursionAnswer, KnownOr, TradeView } from './trade-view.js';
import type { DayQuery, TradesQuery } from './journal-requests.js';

/** Trades of one answer that are looked at against the bars; the others say that they were not. */
const MOST_MEASURED = 60;
/** Rows of one day. */
const MOST_OF_A_DAY = 500;
/** From this precision on a fill does not tell its session. */
const HOUR_MS = 3_600_000;

/** A day on one time line. */
export interface DayAnswer {
  readonly date: string;
  readonly zone: string;
  readonly fromMs: EpochMs;
  /** Exclusive. */
  readonly toMs: EpochMs;
  /** Held at any moment of the day, by their opening. */
  readonly trades: readonly TradeView[];
  readonly fills: readonly FillAnswer[];
  readonly entries: readonly JournalEntry[];
  /** Signals of the symbols that were traded, oldest first. */
  readonly signals: readonly (EntrySignal & { readonly symbol: string })[];
}

/** Round trips, with everything the desk knows about each. */
@Injectable()
export class TradesService {
  constructor(
    private readonly books: TradeBooks,
    private readonly trades: TradeStore,
    private readonly fills: FillStore,
    private readonly entries: EntryStore,
    private readonly signals: EntrySignals,
    private readonly bars: TradeBars,
  ) {}

  /** Newest opening first. */
  async find(ownerId: number, { from, to, symbol, ids, limit }: TradesQuery): Promise<TradeView[]> {
    await this.books.bringUpToDate(ownerId);
    if (ids === undefined) {
      const query = { by: 'opening', fromMs: from, toMs: to, symbol, limit } as const;
      return this.viewsOf(ownerId, await this.trades.find(ownerId, query));
    }
    const found: StoredTrade[] = [];
    for (const id of new Set(ids.split(','))) {
      const trade = await this.trades.get(ownerId, keyInApiId(id) ?? '');
      if (trade !== undefined) found.push(trade);
    }
    return this.viewsOf(ownerId, found);
  }

  async get(ownerId: number, id: string): Promise<TradeView> {
    await this.books.bringUpToDate(ownerId);
    const found = await this.trades.get(ownerId, keyInApiId(id) ?? '');
    const view = found && (await this.viewsOf(ownerId, [found]))[0];
    if (view === undefined) throw new ProblemException({ status: 404, detail: 'There is no such trade.' });
    return view;
  }

  /** Everything of one local day. */
  async day(ownerId: number, { date, zone }: DayQuery): Promise<DayAnswer> {
    await this.books.bringUpToDate(ownerId);
    const [fromMs, toMs] = boundsOfDay(date, zone);
    const query = { fromMs, toMs, limit: MOST_OF_A_DAY };
    const held = await this.trades.heldWithin(ownerId, fromMs, toMs, MOST_OF_A_DAY);
    const trades = await this.viewsOf(ownerId, held);
    const symbols = [...new Set(held.map(({ trade }) => trade.symbol))];
    const signals = await Promise.all(
      symbols.map(async (symbol) =>
        (await this.signals.ofSymbol(ownerId, symbol, fromMs, toMs)).map((signal) => ({ ...signal, symbol })),
      ),
    );
    return {
      date,
      zone,
      fromMs,
      toMs,
      trades,
      fills: (await this.fills.find(ownerId, query)).map(fillAnswer),
      entries: (await this.entries.find(ownerId, query)).map(entryAnswer).reverse(),
      signals: signals.flat().sort((a, b) => a.barStartMs - b.barStartMs),
    };
  }

  private async viewsOf(ownerId: number, stored: readonly StoredTrade[]): Promise<TradeView[]> {
    const fillIds = stored.flatMap(({ trade }) => trade.legs.map(({ fillId }) => fillId));
    const entries = new Map(
      (await this.entries.ofFills(ownerId, fillIds)).map((entry) => [entry.note.fillId, entry]),
    );
    const views: TradeView[] = [];
    for (const one of stored) {
      const entry = entryOf(one.trade, entries);
      views.push(await this.viewOf(one, entry, views.length < MOST_MEASURED));
    }
    return views;
  }

  private async viewOf(
    { key, trade, signals }: StoredTrade,
    entry: StoredEntry | null,
    isMeasured: boolean,
  ): Promise<TradeView> {
    const risk = entry && riskOf(trade, entry.note);
    const money = risk && amountNumber(risk.risk);
    const tooMany = { value: null, unknownBecause: 'Too many trades at once; ask for this one by itself.' };
    return {
      ...trade,
      id: tradeApiId(key),
      legs: trade.legs.map((leg) => ({ ...leg, fillId: fillApiId(keyOf(leg.fillId)) })),
      heldMs: trade.closedAtMs === null ? null : trade.closedAtMs - trade.openedAtMs,
      session: this.sessionOf(trade),
      signals,
      entry: entry && entryAnswer(entry),
      risk:
        risk === null || money === null
          ? null
          : { money, plannedR: risk.plannedR, realisedR: risk.realisedR },
      excursion: isMeasured ? inR(await this.bars.excursion(trade), money) : tooMany,
      atEntry: isMeasured ? await this.bars.atEntry(trade) : tooMany,
    };
  }

  private sessionOf({ openedAtMs, symbol, legs }: Trade): TradeView['session'] {
    if ((legs[0]?.precisionMs ?? HOUR_MS) >= HOUR_MS) return null;
    return extendedSessionAt(openedAtMs, this.bars.calendarOf(symbol)).session;
  }
}

/** The entry about a trade: on the fill that opened it, else on another of its fills. */
export function entryOf<Entry extends StoredEntry | JournalNote>(
  { legs }: Trade,
  byFill: ReadonlyMap<string | null, Entry>,
): Entry | null {
  for (const { fillId } of legs) {
    const entry = byFill.get(fillId);
    if (entry !== undefined) return entry;
  }
  return null;
}

function inR(
  known: Awaited<ReturnType<TradeBars['excursion']>>,
  risk: number | null,
): KnownOr<ExcursionAnswer> {
  if (known.value === null) return known;
  const { excursion, timeframe } = known.value;
  const byRisk = ({ low, high }: ExcursionAnswer['favourable']): ExcursionAnswer['favourableR'] =>
    risk === null ? null : { low: low / risk, high: high === null ? null : high / risk };
  const { favourable, adverse } = excursion;
  return {
    value: { ...excursion, timeframe, favourableR: byRisk(favourable), adverseR: byRisk(adverse) },
    unknownBecause: null,
  };
}

function boundsOfDay(date: string, zone: string): [EpochMs, EpochMs] {
  const clock = zoneClock(zone);
  const dayOf = (day: Date) => ({
    year: day.getUTCFullYear(),
    month: day.getUTCMonth() + 1,
    day: day.getUTCDate(),
  });
  const noon = Date.parse(`${date}T12:00:00Z`);
  if (Number.isNaN(noon) || !new Date(noon).toISOString().startsWith(date))
    throw badField('date', 'is no date');
  try {
    return [clock.dayStart(dayOf(new Date(noon))), clock.dayStart(dayOf(new Date(noon + 86_400_000)))];
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw badField('date', thrown.message);
  }
}
