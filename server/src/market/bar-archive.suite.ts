import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TIMEFRAMES } from '@libs/bars';
import type { ArchivedBar, BarArchive } from './bar-archive.js';
import { barsIn, type LoggedAlert } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { alertOn, barOf } from './scripted-log.suite.js';
import { seriesKey, type OpenSeries } from './series.js';

/** An archive under test, empty at first, and how to be rid of it. */
export interface ArchiveUnderTest {
  readonly archive: BarArchive;
  readonly close: () => Promise<void>;
}

/** What every bar archive does; the scenarios build on one another, as the rows of a database do. */
export function describeBarArchive(name: string, open: () => Promise<ArchiveUnderTest>): void {
  describe(`bar archive: ${name}`, () => {
    let under: ArchiveUnderTest;
    let archive: BarArchive;
    let offset = 0;
    const recordId: Record<string, number> = {};

    beforeAll(async () => {
      under = await open();
      archive = under.archive;
    }, 120_000);
    afterAll(() => under.close());

    async function seriesOf(record: string, symbol: string): Promise<OpenSeries> {
      const series = await archive.openSeries(recordId[record] ?? 0, [symbol]);
      return series.get(seriesKey(symbol, '1m')) as OpenSeries;
    }

    async function eventsOf(record: string, limit: number): Promise<LoggedBar[]> {
      const series = await archive.openSeries(recordId[record] ?? 0, ['SPY', 'QQQ', 'TSLA']);
      return barsIn(await archive.newestEvents({ series: series.values(), epochId: 'none' }, limit));
    }

    function event(
      series: OpenSeries,
      seq: number,
      rest: { rev?: number; close?: number } = {},
    ): ArchivedBar {
      const { id: seriesId, symbol } = series;
      return { offset: ++offset, seriesId, bar: barOf({ symbol, seq, prevSeq: seq - 1, ...rest }) };
    }

    it('is empty at first', async () => {
      expect(await archive.lastEpoch()).toBeNull();
      expect(await archive.headOffset()).toBe(0);
    });

    it('finds a record again by its key', async () => {
      recordId['a'] = await archive.openRecord('record a');
      recordId['b'] = await archive.openRecord("record b: 'quoted' ✓");
      expect(recordId['a']).not.toBe(recordId['b']);
      expect(await archive.openRecord('record a')).toBe(recordId['a']);
    });

    it('knows the last of its epochs', async () => {
      const [first, second] = [recordId['a'] ?? 0, recordId['b'] ?? 0];
      await archive.addEpoch(first, { id: 'e000000000001', startMs: 1_795_000_000_001 }, 'first start');
      await archive.addEpoch(second, { id: 'e000000000002', startMs: 1_795_000_000_000 }, 'another source');
      expect(await archive.lastEpoch()).toEqual({
        id: 'e000000000002',
        startMs: 1_795_000_000_000,
        recordId: second,
        reason: 'another source',
      });
    });

    it('makes the series of a record once, in every timeframe', async () => {
      const made = await archive.openSeries(recordId['a'] ?? 0, ['SPY', 'QQQ']);
      const again = await archive.openSeries(recordId['a'] ?? 0, ['QQQ', 'SPY']);
      const elsewhere = await archive.openSeries(recordId['b'] ?? 0, ['SPY']);
      expect(new Map([...again].sort())).toEqual(new Map([...made].sort()));
      expect([...made.keys()].sort()).toEqual(
        ['SPY', 'QQQ'].flatMap((symbol) => TIMEFRAMES.map((timeframe) => `${symbol}|${timeframe}`)).sort(),
      );
      expect([...made.values()].every(({ lastSeq }) => lastSeq === null)).toBe(true);
      expect(await archive.newestEvents({ series: made.values(), epochId: 'none' }, 10)).toEqual([]);
      const ids = [...made.values(), ...elsewhere.values()].map(({ id }) => id);
      expect(new Set(ids).size).toBe(3 * TIMEFRAMES.length);
    });

    it('gives back bars exactly as they were written, first known bars and fractions included', async () => {
      const spy = await seriesOf('a', 'SPY');
      const first: ArchivedBar = {
        offset: ++offset,
        seriesId: spy.id,
        bar: {
          ...barOf({ seq: 29_381_040, prevSeq: null }),
          ohlcv: { o: 0.1 + 0.2, h: 1e15 + 0.5, l: 5e-324, c: 1 / 3, v: 0.000_000_01 },
          vw: 2 / 3,
        },
      };
      await archive.append([first, event(spy, 29_381_041)]);
      const bars = await archive.readBars(spy, { limit: 10, keep: 'oldest' });
      expect(bars[0]).toEqual(first.bar);
      expect(bars.map(({ seq }) => seq)).toEqual([29_381_040, 29_381_041]);
      expect(await archive.headOffset()).toBe(2);
      expect((await seriesOf('a', 'SPY')).lastSeq).toBe(29_381_041);
    });

    it('writes a run whole or not at all', async () => {
      const qqq = await seriesOf('a', 'QQQ');
      const good = event(qqq, 7);
      const taken = { ...event(qqq, 8), offset: 1 };
      await expect(archive.append([good, taken])).rejects.toThrow(/duplicate key/);
      const sameBar = { ...event(qqq, 7), offset: offset + 1 };
      await expect(archive.append([good, sameBar])).rejects.toThrow(/duplicate key/);
      expect(await archive.readBars(qqq, { limit: 10, keep: 'oldest' })).toEqual([]);
    });

    it('reads ranges from either end, bounds excluded', async () => {
      const qqq = await seriesOf('a', 'QQQ');
      await archive.append([10, 11, 13, 17, 18].map((seq) => event(qqq, seq)));
      const seqs = async (range: Parameters<BarArchive['readBars']>[1]): Promise<number[]> =>
        (await archive.readBars(qqq, range)).map(({ seq }) => seq);
      expect(await seqs({ limit: 2, keep: 'newest' })).toEqual([17, 18]);
      expect(await seqs({ limit: 2, keep: 'oldest' })).toEqual([10, 11]);
      expect(await seqs({ sinceSeq: 11, limit: 2, keep: 'oldest' })).toEqual([13, 17]);
      expect(await seqs({ before: 17, limit: 2, keep: 'newest' })).toEqual([11, 13]);
      expect(await seqs({ sinceSeq: 10, before: 18, limit: 9, keep: 'oldest' })).toEqual([11, 13, 17]);
      expect(await seqs({ sinceSeq: 18, limit: 9, keep: 'oldest' })).toEqual([]);
      expect(await seqs({ before: 10, limit: 9, keep: 'newest' })).toEqual([]);
      expect(await seqs({ sinceSeq: -1, before: 12, limit: 9, keep: 'oldest' })).toEqual([10, 11]);
    });

    it('takes bounds beyond any bar for what they are: no bound', async () => {
      const qqq = await seriesOf('a', 'QQQ');
      const beyond = Number.MAX_SAFE_INTEGER;
      expect(await archive.readBars(qqq, { before: beyond, limit: 9, keep: 'newest' })).toHaveLength(5);
      expect(await archive.readBars(qqq, { sinceSeq: beyond, limit: 9, keep: 'oldest' })).toEqual([]);
    });

    it('shows the highest revision of a bar, and every one of them as an event', async () => {
      const tsla = await seriesOf('b', 'TSLA');
      await archive.append([event(tsla, 5), event(tsla, 6), event(tsla, 5, { rev: 1, close: 101 })]);
      const bars = await archive.readBars(tsla, { limit: 10, keep: 'newest' });
      expect(bars.map(({ seq, rev, ohlcv }) => [seq, rev, ohlcv.c])).toEqual([
        [5, 1, 101],
        [6, 0, 100.25],
      ]);
      const events = await eventsOf('b', 10);
      expect(events.map(({ bar }) => [bar.seq, bar.rev])).toEqual([
        [5, 0],
        [6, 0],
        [5, 1],
      ]);
    });

    it('shows bars as they were known at an offset', async () => {
      const tsla = await seriesOf('b', 'TSLA');
      const known = await archive.offsetBefore(tsla, 7);
      const range = { limit: 10, keep: 'oldest' } as const;
      const atThatTime = await archive.readBars(tsla, { ...range, knownOffset: known });
      expect(atThatTime.map(({ seq, rev }) => [seq, rev])).toEqual([
        [5, 0],
        [6, 0],
      ]);
      const later = await archive.readBars(tsla, { ...range, knownOffset: known + 1 });
      expect(later.map(({ seq, rev }) => [seq, rev])).toEqual([
        [5, 1],
        [6, 0],
      ]);
      expect([await archive.offsetBefore(tsla, 6), await archive.offsetBefore(tsla, 5)]).toEqual([
        known - 1,
        0,
      ]);
    });

    it('tells the newest events of one record, oldest first, with ascending offsets', async () => {
      const [all, two] = [await eventsOf('a', 100), await eventsOf('a', 2)];
      expect(all.map(({ bar }) => bar.symbol)).toEqual(['SPY', 'SPY', 'QQQ', 'QQQ', 'QQQ', 'QQQ', 'QQQ']);
      expect(two).toEqual(all.slice(-2));
      expect(all.map((one) => one.offset)).toEqual(all.map((one) => one.offset).sort((a, b) => a - b));
    });

    it('keeps alerts among bars, in one order, and tells those of one epoch', async () => {
      const spy = await seriesOf('a', 'SPY');
      const before = offset;
      const alert = (seq: number, rest = {}): LoggedAlert => ({
        offset: ++offset,
        alert: { ...alertOn(barOf({ seq }), rest), json: `{"id":"${seq} ✓ \\" '"}` },
      });
      const run = [event(spy, 29_381_050), alert(50), event(spy, 29_381_051), alert(51), alert(52)];
      const other = alert(50, { epochId: 'e000000000002', ownerId: 2 });
      expect(await archive.append([...run, other])).toBe(true);
      expect(await archive.headOffset()).toBe(offset);
      const scope = { series: [spy], epochId: 'e0123456789ab' };
      const plain = run.map(({ offset, bar, alert }) =>
        bar === undefined ? { offset, alert } : { offset, bar },
      );
      expect(await archive.eventsAfter(scope, before, 100)).toEqual(plain);
      expect(await archive.eventsAfter(scope, before + 1, 2)).toEqual(plain.slice(1, 3));
      expect(await archive.newestEvents(scope, 4)).toEqual(plain.slice(1));
      expect(await archive.barsAfter([spy], before, 100)).toEqual([plain[0], plain[2]]);
      expect(await archive.eventsAfter({ series: [], epochId: 'e000000000002' }, before, 9)).toEqual([other]);
      expect(await archive.heldPrefix([...run, other])).toBe(6);
      expect(await archive.heldPrefix([...run, { ...other, offset: offset + 1 }])).toBe(5);
    });

    it('keeps one alert for a signal: a run with a second one is refused whole', async () => {
      const spy = await seriesOf('a', 'SPY');
      const again: LoggedAlert = { offset: offset + 2, alert: alertOn(barOf({ seq: 51 })) };
      const bar = { ...event(spy, 29_381_060), offset: offset + 1 };
      offset--;
      await expect(archive.append([bar, again])).rejects.toThrow(/duplicate key/);
      expect(await archive.barsAfter([spy], offset, 10)).toEqual([]);
      expect(await archive.heldPrefix([bar, again])).toBe(0);
    });

    it('counts offsets over all records', async () => {
      expect(await archive.headOffset()).toBe(offset);
    });

    it('tells every series of a record, whoever made it, and how many there are', async () => {
      recordId['c'] = await archive.openRecord('record c');
      const made = await archive.openSeries(recordId['c'], ['SPY']);
      await archive.openSeries(recordId['c'], ['QQQ']);
      await archive.openSeries(recordId['b'] ?? 0, ['TSLA']);
      await archive.append([
        event([...made.values()].find(({ timeframe }) => timeframe === '1m') as OpenSeries, 7),
      ]);
      const all = await archive.allSeries(recordId['c']);
      expect(new Set([...all.values()].map(({ symbol }) => symbol))).toEqual(new Set(['SPY', 'QQQ']));
      expect(all.get('SPY|1m')).toMatchObject({ lastSeq: 7, publishedSeq: 7 });
      expect(await archive.countSeries(recordId['c'])).toBe(all.size);
    });
  });
}
