import { Inject, Injectable } from '@nestjs/common';
import { barStartOf, type EpochMs } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { ReplayStart, SymbolInfo } from '@libs/contract';
import { stat } from 'node:fs/promises';
import { Clock } from '../common/clock.js';
import { badField, ProblemException } from '../common/problem.exception.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { MarketPipeline, RecordedTrades, type TradeFileName } from '../market/index.js';
import type { ReplayPlan, ReplaySymbol } from './replay-plan.js';
import { daysIn } from './replay-record.js';
import { StoredBars } from './stored-bars.js';

/** Trading days times symbols of one replay: some 2,600 bars of 70 bytes each. */
const MOST_SYMBOL_DAYS = 60;
/** Largest file of each symbol, added up: one of each is held in memory, at some four times its size. */
const MOST_PACKED_BYTES = 64 * 2 ** 20;
/** What a file of a date holds ends before this: exchanges in New York trade until 01:00 UTC of the next day at the latest. */
const FILE_SPAN_MS = 28 * 3_600_000;
/** No trading day is longer than 25 hours. */
const PAST_ANY_DAY_MS = 26 * 3_600_000;
/** Noon UTC of a file's date lies in that trading day, in New York as in UTC. */
const NOON_MS = 12 * 3_600_000;
/** Recorded days that an answer names. */
const NAMED_DAYS = 5;

/** Finds out what there is to play. */
@Injectable()
export class ReplayPlanner {
  constructor(
    private readonly recorded: RecordedTrades,
    private readonly stored: StoredBars,
    private readonly market: MarketPipeline,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  /**
   * Throws a `ProblemException`: 400 for a symbol nobody knows and for times that make no sense, 404 where nothing is recorded
   * (with what there is), 413 for more than one replay may hold.
   */
  async plan({ symbols, from, to, timeframe }: ReplayStart): Promise<ReplayPlan> {
    const infos: SymbolInfo[] = [];
    for (const [index, symbol] of symbols.entries()) infos.push(await this.infoOf(symbol, index));
    const nowMs = this.clock.nowMs();
    if (from >= nowMs) throw badField('from', 'lies in the future; nothing is recorded of it');
    if (to !== undefined && to <= from) throw badField('to', 'must be later than from');
    if (to !== undefined && to > nowMs) throw badField('to', 'lies in the future; nothing is recorded of it');
    const toMs = to ?? Math.min(nowMs, ...infos.map((info) => endOfDay(info, from)));
    const days = daysIn(from, toMs) * symbols.length;
    if (days > MOST_SYMBOL_DAYS)
      throw tooLarge(`These are ${days} days over all symbols; one replay may have ${MOST_SYMBOL_DAYS}.`);
    const planned: ReplaySymbol[] = [];
    for (const info of infos) planned.push(await this.symbolOf(info, from, toMs));
    await this.demandRoom(planned);
    return { symbols: planned, timeframe, fromMs: from, toMs };
  }

  private async infoOf(symbol: string, index: number): Promise<SymbolInfo> {
    const carried = this.market.symbols.find((info) => info.symbol === symbol);
    const known = carried ?? (await this.recorded.infoOf(symbol));
    if (known !== undefined) return known;
    throw badField(
      `symbols.${index}`,
      `${symbol} is not carried here, and no trades are recorded of it; GET /api/symbols lists what is`,
    );
  }

  private async symbolOf(info: SymbolInfo, fromMs: EpochMs, toMs: EpochMs): Promise<ReplaySymbol> {
    const { symbol } = info;
    const dayStart = dayStartOf(info.calendar);
    const dayStartMs = dayStart(fromMs);
    const beginMs = barStartOf(dayStartMs, '4h', dayStart);
    const all = await this.recorded.filesOf(symbol);
    const files = all.filter(
      ({ dateMs }) => dateMs + FILE_SPAN_MS > beginMs && dateMs < toMs + this.env.BAR_GRACE_MS,
    );
    // A file may reach into the day after; one that ought to hold something of the time asked for is needed.
    const holdsTrades = files.some(({ dateMs }) => {
      const startMs = dayStart(dateMs + NOON_MS);
      return startMs < toMs && dayStart(startMs + PAST_ANY_DAY_MS) > fromMs;
    });
    if (!holdsTrades && !(await this.stored.hasAny(symbol, fromMs, toMs)))
      throw await this.nothingRecorded(symbol, fromMs, toMs, all);
    const knownOffset = await this.stored.knownOffset(symbol, beginMs);
    return { symbol: info, files, dayStart, dayStartMs, beginMs, knownOffset };
  }

  private async demandRoom(symbols: readonly ReplaySymbol[]): Promise<void> {
    let bytes = 0;
    for (const { files } of symbols) {
      const sizes = await Promise.all(files.map(({ path }) => sizeOf(path)));
      bytes += Math.max(0, ...sizes);
    }
    if (bytes > MOST_PACKED_BYTES)
      throw tooLarge('The trades of these symbols are more than one replay may hold at a time.');
  }

  private async nothingRecorded(
    symbol: string,
    fromMs: EpochMs,
    toMs: EpochMs,
    files: readonly TradeFileName[],
  ): Promise<ProblemException> {
    const span = await this.stored.span(symbol);
    const there = [
      ...(files.length > 0 ? [`trades of ${datesOf(files)}`] : []),
      ...(span === null ? [] : [`bars from ${timeText(span.firstMs)} to ${timeText(span.lastMs)}`]),
    ];
    const asked = `from ${timeText(fromMs)} to ${timeText(toMs)}`;
    return new ProblemException({
      status: 404,
      detail: `Nothing is recorded of ${symbol} ${asked}. There is ${there.join(' and ') || 'nothing of it at all'}.`,
    });
  }
}

function endOfDay({ calendar }: SymbolInfo, tsMs: EpochMs): EpochMs {
  const dayStart = dayStartOf(calendar);
  return dayStart(dayStart(tsMs) + PAST_ANY_DAY_MS);
}

function datesOf(files: readonly TradeFileName[]): string {
  const newest = files.slice(-NAMED_DAYS).map(({ date }) => date);
  const more = files.length - newest.length;
  return `${newest.join(', ')}${more > 0 ? ` and ${more} earlier days` : ''}`;
}

function timeText(tsMs: EpochMs): string {
  return new Date(tsMs).toISOString().replace('.000Z', 'Z');
}

function tooLarge(detail: string): ProblemException {
  return new ProblemException({ status: 413, detail: `${detail} Choose fewer symbols or an earlier end.` });
}

/** A file that has gone is told of when its turn comes; it takes no room. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
