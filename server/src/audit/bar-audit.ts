import { BASE_TIMEFRAME, barStartOf, rollUpBars, seqOf, type Bar, type DayStart } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { DataSource } from 'typeorm';
import { BarArchive, type Series } from '../market/index.js';

const PAGE = 5_000;
const DAY_MS = 86_400_000;
/** A trading day on which clocks go back lasts an hour longer than its bar says. */
const LONGER_DAY_MINUTES = 60;
/** Volumes and averages are sums of floating-point numbers; the order of adding may show in their last digits. */
const SUM_TOLERANCE = 1e-9;

/** What is wrong with one series, at the first place where something is. */
export interface Finding {
  readonly series: Series;
  readonly what: string;
}

/** What an audit has read so far. */
export interface AuditProgress {
  readonly series: Series;
  readonly bars: number;
}

/**
 * Reads every bar on record and holds it against everything else that is known of it: the digests the database kept as the
 * bars were written, the chain from each bar to the one before, and for coarser timeframes the minutes they sum up.
 */
export class BarAudit {
  private readonly archive: BarArchive;

  constructor(private readonly dataSource: DataSource) {
    this.archive = new BarArchive(dataSource);
  }

  /** Audits every series, one finding each at most. `onSeries` hears of each one that was read. */
  async *findings(onSeries: (progress: AuditProgress) => void): AsyncGenerator<Finding> {
    for (const series of await this.series()) {
      const byDigest = await this.digestFinding(series);
      if (byDigest !== null) yield { series, what: byDigest };
      let bars = 0;
      let fault: string | null = null;
      let before: Bar | null = null;
      const minutes = series.timeframe === BASE_TIMEFRAME ? null : await this.minutesFor(series);
      for await (const bar of this.barsOf(series)) {
        bars++;
        fault ??= shapeFault(bar) ?? chainFault(bar, before);
        if (minutes !== null) fault ??= await this.rollUpFault(bar, minutes);
        before = bar;
      }
      onSeries({ series, bars });
      if (fault !== null && byDigest === null) yield { series, what: fault };
    }
  }

  private async series(): Promise<Series[]> {
    return this.dataSource.query<Series[]>(
      'SELECT id, symbol, timeframe FROM series WHERE id IN (SELECT series_id FROM day_digest UNION SELECT series_id FROM bar) ORDER BY id',
    );
  }

  /** The first day of which the database holds something else than was written. */
  private async digestFinding({ id }: Series): Promise<string | null> {
    const rows = await this.dataSource.query<{ day: number; written: number; held: number }[]>(
      `SELECT day, coalesce(was.bars, 0) AS written, coalesce(is_now.bars, 0) AS held
       FROM (SELECT * FROM day_digest WHERE series_id = $1) was
       FULL JOIN (SELECT * FROM day_digest_now WHERE series_id = $1) is_now USING (day)
       WHERE was.digest IS DISTINCT FROM is_now.digest OR was.bars IS DISTINCT FROM is_now.bars ORDER BY day LIMIT 1`,
      [id],
    );
    const first = rows[0];
    if (first === undefined) return null;
    const date = new Date(first.day * DAY_MS).toISOString().slice(0, 10);
    return first.written === first.held
      ? `${date}: a bar was changed after it was written (${first.held} bars)`
      : `${date}: ${first.written} bars were written, ${first.held} are there`;
  }

  private async *barsOf(series: Series): AsyncGenerator<Bar> {
    for (let sinceSeq = -1; ;) {
      const page = await this.archive.readBars(series, { sinceSeq, limit: PAGE, keep: 'oldest' });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      sinceSeq = last.seq;
    }
  }

  /** The 1-minute series that a coarser one was made of, `null` where there is none. */
  private async minutesFor({ id }: Series): Promise<Series | null> {
    const rows = await this.dataSource.query<Series[]>(
      `SELECT minute.id, minute.symbol, minute.timeframe FROM series minute JOIN series coarse USING (record_id, symbol)
       WHERE coarse.id = $1 AND minute.timeframe = $2`,
      [id, BASE_TIMEFRAME],
    );
    return rows[0] ?? null;
  }

  /** Whether a coarser bar is what its minutes sum up to. One that has no minutes on record cannot be told. */
  private async rollUpFault(bar: Bar, series: Series): Promise<string | null> {
    const dayStart = dayStartFor(bar);
    const near = await this.archive.readBars(series, {
      sinceSeq: seqOf(bar.bar_start, BASE_TIMEFRAME) - 1,
      before: seqOf(bar.bar_end, BASE_TIMEFRAME) + LONGER_DAY_MINUTES,
      limit: PAGE,
      keep: 'oldest',
    });
    const minutes = near.filter(
      ({ bar_start }) => barStartOf(bar_start, bar.timeframe, dayStart) === bar.bar_start,
    );
    if (minutes.length === 0) return null;
    const { ohlcv, vw, n } = rollUpBars(minutes);
    const isSame =
      ohlcv.o === bar.ohlcv.o &&
      ohlcv.h === bar.ohlcv.h &&
      ohlcv.l === bar.ohlcv.l &&
      ohlcv.c === bar.ohlcv.c &&
      n === bar.n &&
      isNear(ohlcv.v, bar.ohlcv.v) &&
      isNear(vw, bar.vw);
    return isSame ? null : `seq ${bar.seq}: is not what its ${minutes.length} minutes sum up to`;
  }
}

/** A daily bar starts at its exchange's midnight, and New York's is never that of UTC. */
function dayStartFor({ bar_start }: Bar): DayStart {
  const newYork = dayStartOf('XNYS');
  return newYork(bar_start) === bar_start ? newYork : dayStartOf('24x7');
}

function shapeFault({ seq, timeframe, bar_start, ohlcv: { o, h, l, c, v } }: Bar): string | null {
  if (seqOf(bar_start, timeframe) !== seq) return `seq ${seq}: does not belong to its start ${bar_start}`;
  const isOrdered = l <= Math.min(o, c) && h >= Math.max(o, c) && l > 0 && v >= 0;
  return isOrdered ? null : `seq ${seq}: its prices cannot be those of a bar`;
}

function chainFault(bar: Bar, before: Bar | null): string | null {
  if (before === null || bar.prev_seq === before.seq) return null;
  return `seq ${bar.seq}: says that ${bar.prev_seq} is the one before it, on record is ${before.seq}`;
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= SUM_TOLERANCE * Math.max(1, Math.abs(one));
}
