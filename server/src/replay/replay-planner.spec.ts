import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemException } from '../common/problem.exception.js';
import { FIRST_OPEN_MS, ReplayDesk, SECOND_OPEN_MS } from './testing/replay-desk.suite.js';

const DAY_MS = 86_400_000;
const NEW_YORK_MIDNIGHT_MS = Date.UTC(2026, 5, 2, 4);

describe('what a replay may be of', () => {
  let desk: ReplayDesk;

  beforeAll(async () => {
    desk = await ReplayDesk.open({
      seed: 5,
      trades: 200,
      hasFile: (symbol, date) => symbol === 'ACME' && date === '2026-06-01',
    });
  });

  const refusal = async (start: Parameters<ReplayDesk['start']>[0]): Promise<[number, string]> => {
    try {
      await desk.start(start);
    } catch (thrown) {
      const { problem } = thrown as ProblemException;
      return [problem.status, problem.detail];
    }
    throw new Error('it was started');
  };

  it('plays to the end of the trading day where no end is named', async () => {
    const { toMs } = await desk.planner.plan({
      symbols: ['ACME'],
      from: FIRST_OPEN_MS,
      speed: 1,
      timeframe: '1m',
      paused: true,
    });
    expect(toMs).toBe(NEW_YORK_MIDNIGHT_MS);
  });

  it('says of which symbol nobody knows anything', async () => {
    expect(await refusal({ symbols: ['ACME', 'NOPE'] })).toEqual([
      400,
      'symbols.1 NOPE is not carried here, and no trades are recorded of it; GET /api/symbols lists what is',
    ]);
  });

  it('says what there is where nothing is recorded', async () => {
    const [status, detail] = await refusal({ from: SECOND_OPEN_MS + 3 * DAY_MS });
    expect(status).toBe(404);
    expect(detail).toMatch(
      /^Nothing is recorded of ACME from 2026-06-05T13:30:00Z to 2026-06-06T04:00:00Z\. There is trades of 2026-06-01 and bars from 2026-06-01T13:30:00Z to 2026-06-02T1\d:\d\d:00Z\.$/,
    );
    expect((await refusal({ symbols: ['BOLT'], from: FIRST_OPEN_MS - 9 * DAY_MS }))[1]).toContain(
      'There is bars from',
    );
  });

  it('a file of the day after is no record of the day before', async () => {
    const [status] = await refusal({ symbols: ['ACME'], from: FIRST_OPEN_MS - DAY_MS });
    expect(status).toBe(404);
  });

  it.each([
    [{ from: Date.UTC(2030, 0, 1) }, /from lies in the future/],
    [{ to: Date.UTC(2030, 0, 1) }, /to lies in the future/],
    [{ to: FIRST_OPEN_MS }, /to must be later than from/],
  ])('refuses times that make no sense: %j', async (start, words) => {
    const [status, detail] = await refusal(start);
    expect([status, detail]).toEqual([400, expect.stringMatching(words)]);
  });

  it('refuses more than it may hold', async () => {
    const longAgo = await refusal({ from: FIRST_OPEN_MS - 50 * DAY_MS, to: SECOND_OPEN_MS });
    expect(longAgo).toEqual([413, expect.stringContaining('These are 104 days over all symbols')]);
  });
});
