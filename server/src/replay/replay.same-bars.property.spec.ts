import { describe, expect, it } from '@jest/globals';
import { barJson, TIMEFRAMES } from '@libs/bars';
import fc from 'fast-check';
import { ProblemException } from '../common/problem.exception.js';
import type { Replay } from './replay.js';
import { FIRST_OPEN_MS, ReplayDesk, SECOND_OPEN_MS } from './testing/replay-desk.suite.js';

const LAST_MS = SECOND_OPEN_MS + 10 * 3_600_000;
const TRADES = 2_500;

/** Events of a replay's log, as texts, in the order in which they were published, the epoch's first ones included. */
function published(replay: Replay): string[] {
  const { tail } = replay.log;
  return Array.from({ length: tail.end - tail.first }, (_, index) =>
    barJson(tail.read(tail.first + index).bar),
  );
}

const files = {
  'of both symbols and days': () => true,
  'of one symbol': (symbol: string) => symbol === 'ACME',
  'of one day': (_symbol: string, date: string) => date === '2026-06-02',
  'of the first day of one symbol': (symbol: string, date: string) =>
    symbol === 'BOLT' && date === '2026-06-01',
  'of nothing': () => false,
} as const;

describe.each(Object.entries(files))('replay with trades on file %s', (_name, hasFile) => {
  it.each([
    { speed: 'max', stepMs: 20 },
    { speed: 1_000, stepMs: 20 },
    { speed: 60, stepMs: 10_000 },
    { speed: 1, stepMs: 120_000 },
  ] as const)('gives the log that live gave, at speed $speed', async ({ speed, stepMs }) => {
    const desk = await ReplayDesk.open({ seed: 7, trades: TRADES, hasFile });
    const replay = await desk.start({ to: LAST_MS, speed, paused: false });
    await desk.until(replay, ({ state }) => state === 'ended', stepMs);
    const live = desk.liveBars(FIRST_OPEN_MS - 86_400_000, LAST_MS);
    expect(live.length).toBeGreaterThan(100);
    expect(published(replay)).toEqual(live);
    expect(replay.state.clock).toBe(LAST_MS);
  });
});

/** What somebody at the controls may do. */
type Command =
  | 'pause'
  | 'resume'
  | 'step'
  | { readonly seekMs: number }
  | { readonly speed: number | 'max' }
  | { readonly passMs: number };

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom('pause' as const, 'resume' as const, 'step' as const),
  fc.record({ seekMs: fc.integer({ min: FIRST_OPEN_MS, max: LAST_MS }) }),
  fc.record({ speed: fc.constantFrom(0.1, 1, 60, 1_000, 'max' as const) }),
  fc.record({ passMs: fc.integer({ min: 0, max: 600_000 }) }),
);

async function obey(desk: ReplayDesk, replay: Replay, command: Command): Promise<void> {
  if (command === 'pause' || command === 'step') await replay[command]();
  else if (command === 'resume') {
    await resumeUnlessOver(replay);
  } else if ('seekMs' in command) await replay.seek(command.seekMs);
  else if ('speed' in command) await replay.setSpeed(command.speed);
  else {
    desk.clock.setBack(20 - command.passMs);
    await desk.clock.advance(20);
  }
}

describe('a replay under any commands', () => {
  it('shows at every moment what live knew then, and nothing later', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1_000),
        fc.constantFrom(...Object.values(files)),
        fc.array(anyCommand, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: FIRST_OPEN_MS - 3_600_000, max: SECOND_OPEN_MS + 120_000 }),
        async (seed, hasFile, commands, fromMs) => {
          const desk = await ReplayDesk.open({ seed, trades: 400, hasFile });
          const before = desk.archive.bars.length;
          const replay = await desk.start({ from: fromMs, to: LAST_MS, speed: 60, paused: false });
          for (const command of commands) {
            await obey(desk, replay, seekFrom(command, fromMs));
            // It goes on playing between two looks at it.
            const wasPlaying = replay.state.state === 'playing';
            await replay.pause();
            const nowMs = replay.state.clock;
            const graceMs = nowMs === LAST_MS ? 0 : desk.env.BAR_GRACE_MS;
            const known = desk.liveBars(0, nowMs - graceMs);
            for (const symbol of ['ACME', 'BOLT']) {
              for (const timeframe of TIMEFRAMES) {
                const shown = await replay.bars({ symbol, timeframe, limit: 5_000 });
                const wanted = known.filter((text) =>
                  text.startsWith(`{"symbol":"${symbol}","timeframe":"${timeframe}"`),
                );
                expect(shown.map(barJson)).toEqual(wanted);
                compared += shown.length;
                for (const forming of replay.market.formingBars([symbol], timeframe))
                  expect(forming.ts).toBeLessThanOrEqual(nowMs);
              }
              expect((await replay.newestPrice(symbol)).ts ?? 0).toBeLessThanOrEqual(nowMs);
            }
            if (wasPlaying) await resumeUnlessOver(replay);
          }
          replay.close();
          expect(desk.archive.bars).toHaveLength(before);
          expect(desk.clock.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});

/** It may come to its end while the command waits for its turn; then, and only then, it is refused. */
async function resumeUnlessOver(replay: Replay): Promise<void> {
  try {
    await replay.resume();
  } catch (thrown) {
    if (!(thrown instanceof ProblemException) || replay.state.state !== 'ended') throw thrown;
  }
}

/** Nobody may seek to before the start. */
function seekFrom(command: Command, fromMs: number): Command {
  if (typeof command === 'string' || !('seekMs' in command)) return command;
  return { seekMs: Math.max(fromMs, command.seekMs) };
}
