import { Logger } from '@nestjs/common';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ReplayDesk, FIRST_OPEN_MS, SECOND_OPEN_MS } from './testing/replay-desk.suite.js';

const MINUTE_MS = 60_000;

describe('the controls of a replay', () => {
  let desk: ReplayDesk;

  beforeAll(async () => {
    desk = await ReplayDesk.open({ seed: 3, trades: 600 });
  });
  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  });

  it('time runs at the speed that was asked for, and stands still while it is paused', async () => {
    const replay = await desk.start({ speed: 60, paused: false });
    await desk.clock.advance(1_000);
    expect((await replay.pause()).clock).toBe(FIRST_OPEN_MS + MINUTE_MS);
    await desk.clock.advance(5_000);
    expect(replay.state).toMatchObject({ state: 'paused', clock: FIRST_OPEN_MS + MINUTE_MS, speed: 60 });
    await replay.setSpeed(0.5);
    await replay.resume();
    await desk.clock.advance(2_000);
    expect((await replay.pause()).clock).toBe(FIRST_OPEN_MS + MINUTE_MS + 1_000);
    replay.close();
  });

  it('a step goes on by one bar of its timeframe, and pauses', async () => {
    const replay = await desk.start({ timeframe: '2m', speed: 1, paused: false });
    const counts = [];
    for (let step = 0; step < 3; step++) {
      const { state } = await replay.step();
      expect(state).toBe('paused');
      const bars = await replay.bars({ symbol: 'ACME', timeframe: '2m', limit: 100, sinceSeq: 0 });
      counts.push(bars.filter(({ bar_start }) => bar_start >= FIRST_OPEN_MS).length);
    }
    expect(counts).toEqual([1, 2, 3]);
    expect(replay.state.clock).toBe(FIRST_OPEN_MS + 6 * MINUTE_MS + 1_000);
    replay.close();
  });

  it('forwards it stays in its epoch and every bar is published; back begins another one', async () => {
    const replay = await desk.start();
    const { epoch } = replay.state;
    const seen: number[] = [];
    replay.log.published$.subscribe((run) => seen.push(...run.map(({ offset }) => offset)));
    let restarts = 0;
    replay.log.restarted$.subscribe(() => restarts++);
    const first = replay.log.headOffset;
    const ahead = await replay.seek(FIRST_OPEN_MS + 5 * MINUTE_MS);
    expect(ahead).toMatchObject({ epoch, clock: FIRST_OPEN_MS + 5 * MINUTE_MS });
    expect(seen).toEqual(
      Array.from({ length: replay.log.headOffset - first }, (_, index) => first + 1 + index),
    );
    const back = await replay.seek(FIRST_OPEN_MS + 2 * MINUTE_MS);
    expect(back.epoch.id).not.toBe(epoch.id);
    expect([back.clock, restarts]).toEqual([FIRST_OPEN_MS + 2 * MINUTE_MS, 1]);
    replay.close();
  });

  it('ends where it was told to, with every bar that ends there, and may be set back from there', async () => {
    const to = FIRST_OPEN_MS + 3 * MINUTE_MS;
    const replay = await desk.start({ to, speed: 'max', paused: false });
    await desk.until(replay, ({ state }) => state === 'ended');
    const bars = await replay.bars({ symbol: 'ACME', timeframe: '1m', limit: 3 });
    expect([bars.at(-1)?.bar_end, replay.state.clock]).toEqual([to, to]);
    await expect(replay.resume()).rejects.toMatchObject({ status: 409 });
    expect(await replay.seek(FIRST_OPEN_MS)).toMatchObject({ state: 'paused', clock: FIRST_OPEN_MS });
    await replay.resume();
    await desk.until(replay, ({ state }) => state === 'ended');
    expect(await replay.bars({ symbol: 'ACME', timeframe: '1m', limit: 3 })).toEqual(bars);
    replay.close();
  });

  it('the night between two days is skipped', async () => {
    const replay = await desk.start({ to: SECOND_OPEN_MS + MINUTE_MS, speed: 1, paused: false });
    await replay.seek(FIRST_OPEN_MS + 3_600_000);
    await desk.until(replay, ({ clock }) => clock >= SECOND_OPEN_MS);
    expect(replay.state.clock).toBeLessThan(SECOND_OPEN_MS + MINUTE_MS);
    replay.close();
  });

  it.each([FIRST_OPEN_MS - 1, FIRST_OPEN_MS + 3 * MINUTE_MS + 1])(
    'nobody seeks to %d, outside it',
    async (time) => {
      const replay = await desk.start({ to: FIRST_OPEN_MS + 3 * MINUTE_MS });
      expect(() => replay.seek(time)).toThrow(/time must be from/);
      replay.close();
    },
  );

  it('forming bars are sampled while somebody listens, and hold no trade from later', async () => {
    const replay = await desk.start({ speed: 60, paused: false });
    const seen: number[] = [];
    replay.market.microbars$.subscribe((microbars) => {
      for (const { ts } of microbars) seen.push(replay.nowMs() - ts);
    });
    await desk.clock.advance(2_000);
    expect(seen.length).toBeGreaterThan(5);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
    replay.close();
  });

  it('where the data cannot be read it says so, and goes on once it can', async () => {
    const replay = await (await ReplayDesk.open({ seed: 3, trades: 600, hasFile: () => false })).start();
    replay.close();
    const away = await ReplayDesk.open({ seed: 3, trades: 600, hasFile: () => false });
    const broken = await away.start({ to: SECOND_OPEN_MS + 3_600_000, speed: 'max' });
    away.archive.isAway = true;
    await broken.resume();
    await away.until(broken, ({ state }) => state === 'paused');
    expect(broken.state.reason).toContain('the data could not be read');
    away.archive.isAway = false;
    await broken.resume();
    await away.until(broken, ({ state }) => state === 'ended');
    expect(broken.state.reason).not.toContain('could not be read');
    broken.close();
  });

  it('closed, it leaves no timer and tells its streams', async () => {
    const replay = await desk.start({ paused: false, speed: 1 });
    let closed = 0;
    replay.closed$.subscribe(() => closed++);
    expect((await replay.stop()).state).toBe('stopped');
    expect([closed, desk.clock.pendingTimers]).toEqual([1, 0]);
  });
});
