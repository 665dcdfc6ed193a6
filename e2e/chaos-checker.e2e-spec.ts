import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { setTimeout as delay } from 'node:timers/promises';
import { checkRun } from './chaos/checker/check-run.js';
import type { Finding } from './chaos/checker/finding.js';
import { seriesText } from './chaos/log/log-entry.js';
import { DEFECTS, type Defect } from './chaos/model/defect.js';
import { startModelDesk } from './chaos/model/model-desk.js';
import { EventSourceReader } from './chaos/readers/event-source-reader.js';
import { RawReader } from './chaos/readers/raw-reader.js';
import { makeTape } from './chaos/tape/tape.js';
import { eventually } from './kit/eventually.js';
import { makeTempDir } from './kit/temp-dir.js';
import { mulberry32 } from './kit/trade-files.js';

const SYMBOLS = ['ACME', 'BOLT'];
const MINUTES = 130;
const STALE_AFTER_MS = 400;

describe('the checker of the chaos suite', () => {
  const findings = new Map<Defect | null, readonly Finding[]>();

  // All at once: each of them spends its time waiting.
  beforeAll(async () => {
    const defects = [null, ...(Object.keys(DEFECTS) as Defect[])];
    await Promise.all(defects.map(async (defect) => findings.set(defect, await judge(defect))));
  });

  test('finds nothing where nothing is wrong', () => {
    expect(findings.get(null)).toEqual([]);
  });

  test.each(Object.entries(DEFECTS) as [Defect, string][])('%s is found, and called %s', (defect, kind) => {
    const kinds = new Set(findings.get(defect)?.map((finding) => finding.kind));
    expect([...kinds]).toContain(kind);
  });
});

/** Lets two kinds of reader follow a model desk with this mistake in it, and has the checker judge their logs. */
async function judge(defect: Defect | null): Promise<Finding[]> {
  const tape = await makeTape({
    folder: await makeTempDir('checker'),
    seed: 5,
    symbols: SYMBOLS,
    minutes: MINUTES,
    graceMs: 1_000,
  });
  const series = SYMBOLS.map((symbol) => seriesText({ symbol, timeframe: '1m' }));
  const reference = new Map(series.map((name) => [name, tape.reference.get(name) ?? []]));
  const desk = await startModelDesk(inLogOrder([...reference.values()].flat()), defect);
  const common = { symbols: SYMBOLS, timeframe: '1m' as const, ports: () => [desk.port], watchdogMs: 2_000 };
  const raw = { ...common, longestPauseMs: 40 };
  const readers = [
    new RawReader({ ...raw, name: 'raw, cut', random: mulberry32(1), mostBytes: 9_000 }),
    new RawReader({ ...raw, name: 'raw, not cut', random: mulberry32(2), mostBytes: Infinity }),
    new EventSourceReader({ ...common, name: 'eventsource', random: mulberry32(3) }),
  ];
  await eventually(() => readers.every(({ isOpen }) => isOpen), { what: 'all readers to be connected' });
  desk.play();
  await eventually(() => desk.isOver, { what: 'the model desk to have played everything' });
  for (const reader of readers) if (reader instanceof RawReader) reader.calm();
  await delay(500);
  await Promise.all(readers.map((reader) => reader.settled()));
  const held = readers.flatMap((reader) =>
    SYMBOLS.map((symbol) => ({
      reader: reader.log.reader,
      series: seriesText({ symbol, timeframe: '1m' }),
      bars: reader.barsOf({ symbol, timeframe: '1m' }),
    })),
  );
  const finals = desk.finals();
  await Promise.all(readers.map((reader) => reader.stop()));
  await desk.close();
  return checkRun({
    reference,
    logs: readers.map(({ log }) => log),
    held,
    finals,
    feedDown: desk.feedDown,
    corrupted: [],
    staleAfterMs: STALE_AFTER_MS,
  });
}

/** By end, then by symbol, as the log has them. */
function inLogOrder(bars: readonly Bar[]): Bar[] {
  return [...bars].sort((a, b) => a.bar_end - b.bar_end || (a.symbol < b.symbol ? -1 : 1));
}
