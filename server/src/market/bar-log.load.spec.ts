import { expect, it } from '@jest/globals';
import type { ClosedBar } from '@libs/bars';
import { ManualClock } from '../common/manual-clock.js';
import { BarLog } from './bar-log.js';
import { InMemoryBarArchive } from './in-memory-bar-archive.suite.js';

/** An archive to which somebody else writes while it is being asked. */
class BusyArchive extends InMemoryBarArchive {
  beforeNewest: (() => Promise<void>) | null = null;

  override async newestEvents(
    ...question: Parameters<InMemoryBarArchive['newestEvents']>
  ): ReturnType<InMemoryBarArchive['newestEvents']> {
    await this.beforeNewest?.();
    return super.newestEvents(...question);
  }
}

function closedBar(seq: number): ClosedBar {
  const barStartMs = seq * 60_000;
  return { symbolIndex: 0, timeframe: '1m', barStartMs, o: 1, h: 1, l: 1, c: 1, v: 1, vw: 1, n: 1 };
}

it('a log that is read while another process writes holds every event once', async () => {
  const archive = new BusyArchive();
  const options = { recordKey: 'record', symbols: ['SPY'], tailCap: 100 };
  const writer = await BarLog.open(archive, new ManualClock(0), options);
  writer.append(closedBar(1));
  await writer.flushed();
  archive.beforeNewest = async () => {
    archive.beforeNewest = null;
    writer.append(closedBar(2));
    writer.append(closedBar(3));
    await writer.flushed();
  };
  const reader = await BarLog.open(archive, new ManualClock(0), { ...options, leads: false });
  await reader.catchUp();
  const { tail } = reader;
  const offsets = Array.from({ length: tail.end - tail.first }, (_, i) => tail.offsetAt(tail.first + i));
  expect(offsets).toEqual([1, 2, 3]);
  expect([reader.headOffset, reader.lastSeq(0, '1m')]).toEqual([3, 3]);
});
