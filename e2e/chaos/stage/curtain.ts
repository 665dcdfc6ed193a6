import type { Timeframe } from '@libs/bars';
import { allBars } from '../../kit/bars.js';
import { eventually } from '../../kit/eventually.js';
import { ALL_TIMEFRAMES } from '../../kit/roll-up.js';
import type { FinalSeries, HeldAtEnd, RecordedRun } from '../checker/recorded-run.js';
import { seriesText, type SeriesName } from '../log/log-entry.js';
import { RawReader } from '../readers/raw-reader.js';
import type { DeskInstance } from './desk-instance.js';
import type { Stage } from './stage.js';
import { STAGE } from './stage-options.js';

/** What is still missing after so long is lost. */
const PATIENCE_MS = 60_000;

/**
 * Lets the tape run out at full speed, waits until everybody has everything or nothing more comes, and writes down what
 * each instance and each reader has in the end.
 */
export async function drawCurtain(stage: Stage): Promise<RecordedRun> {
  for (const instance of stage.instances) instance.healLines();
  for (const { app } of stage.instances) {
    await app.stop();
    await app.restart({ FEED_SPEED: 'max' });
  }
  await orGiveUp(() => everyInstanceIsAtItsEnd(stage));
  for (const reader of stage.readers) if (reader instanceof RawReader) reader.calm();
  await orGiveUp(() => Promise.resolve(everyReaderIsAtItsEnd(stage)));
  await Promise.all(stage.readers.map((reader) => reader.settled()));
  return {
    reference: stage.tape.reference,
    logs: stage.readers.map(({ log }) => log),
    held: heldOf(stage),
    finals: (await Promise.all(stage.instances.map((instance) => finalsOf(instance)))).flat(),
    feedDown: stage.feedDown,
    corrupted: stage.corrupted,
    staleAfterMs: STAGE.staleAfterMs,
  };
}

/** What does not come in time shows in the check, with what is missing. */
async function orGiveUp(isAtItsEnd: () => Promise<boolean>): Promise<void> {
  await eventually(isAtItsEnd, { what: 'the end', timeoutMs: PATIENCE_MS, everyMs: 100 }).catch(
    () => undefined,
  );
}

async function everyInstanceIsAtItsEnd({ instances, tape }: Stage): Promise<boolean> {
  for (const { app } of instances) {
    for (const name of allSeries()) {
      const { symbol, timeframe } = name;
      const newest = await app.json<{ seq: number }[]>(
        `/api/history?symbol=${symbol}&timeframe=${timeframe}&limit=1`,
      );
      if (newest[0]?.seq !== lastSeqIn(tape.reference, name)) return false;
    }
  }
  return true;
}

function everyReaderIsAtItsEnd({ readers, tape }: Stage): boolean {
  return readers.every((reader) =>
    reader.log.symbols.every((symbol) => {
      const name = { symbol, timeframe: reader.log.timeframe };
      return reader.barsOf(name).at(-1)?.seq === lastSeqIn(tape.reference, name);
    }),
  );
}

function heldOf({ readers }: Stage): HeldAtEnd[] {
  return readers.flatMap((reader) =>
    reader.log.symbols.map((symbol) => {
      const name = { symbol, timeframe: reader.log.timeframe };
      return { reader: reader.log.reader, series: seriesText(name), bars: reader.barsOf(name) };
    }),
  );
}

async function finalsOf({ app, name: instance }: DeskInstance): Promise<FinalSeries[]> {
  const finals: FinalSeries[] = [];
  for (const { symbol, timeframe } of allSeries()) {
    const bars = await allBars(app, symbol, timeframe);
    const range = `from=0&to=${bars.at(-1)?.seq ?? 0}`;
    const { sha256 } = await app.json<{ sha256: string }>(
      `/api/history/digest?symbol=${symbol}&timeframe=${timeframe}&${range}`,
    );
    finals.push({ instance, series: seriesText({ symbol, timeframe }), bars, sha256 });
  }
  return finals;
}

function allSeries(): { symbol: string; timeframe: Timeframe }[] {
  return STAGE.symbols.flatMap((symbol) => ALL_TIMEFRAMES.map((timeframe) => ({ symbol, timeframe })));
}

function lastSeqIn(reference: RecordedRun['reference'], name: SeriesName): number | undefined {
  return reference.get(seriesText(name))?.at(-1)?.seq;
}
