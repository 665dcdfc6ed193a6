import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StreamDesk, type Connection } from './testing/stream-desk.suite.js';

const names = (client: Connection): string[] => client.events.map(({ name }) => name);

beforeEach(() => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});

/** Two instances on one database: one that writes, and one that follows and has not heard of the newest bars yet. */
async function pair(): Promise<{ leader: StreamDesk; follower: StreamDesk; cursor: string }> {
  const leader = await StreamDesk.open();
  await leader.trade(['SPY', 1], ['SPY', 2]);
  const follower = await StreamDesk.open({ leader });
  await leader.trade(['SPY', 3], ['SPY', 4]);
  return { leader, follower, cursor: `${leader.log.epoch.id}-3` };
}

describe('a client that comes from an instance that is further on', () => {
  it('is answered once this one knows of its cursor, and misses nothing', async () => {
    const { leader, follower, cursor } = await pair();
    const client = await follower.connect({ lastEventId: cursor });
    await follower.clock.advance(1_000);
    expect(names(client)).toEqual([]);
    await follower.log.catchUp();
    await follower.clock.advance(50);
    await follower.flush();
    expect(client.bootstrap.resume).toEqual({ verdict: 'exact' });
    expect(client.bars.map(({ seq }) => seq)).toEqual([4]);
    await leader.trade(['SPY', 5]);
    await follower.log.catchUp();
    await follower.flush();
    expect(client.bars.map(({ seq }) => seq)).toEqual([4, 5]);
  });

  it('the same for a seq', async () => {
    const { follower } = await pair();
    const client = await follower.connect({ sinceSeq: 3 });
    await follower.log.catchUp();
    await follower.clock.advance(50);
    expect(client.bootstrap.resume).toEqual({ verdict: 'exact' });
  });

  it('whose cursor nobody comes to know of is told so in the end', async () => {
    const { follower } = await pair();
    const client = await follower.connect({ lastEventId: `${follower.log.epoch.id}-999` });
    await follower.clock.advance(5_000);
    expect(client.bootstrap.resume).toEqual({ verdict: 'reset', reason: 'the cursor is ahead of the log' });
  });

  it('is sent on by an instance that is out of touch with the others', async () => {
    const { follower, cursor } = await pair();
    follower.setStatus('stale', 'nothing is heard of the instance that holds the feed');
    const client = await follower.connect({ lastEventId: cursor });
    await follower.clock.advance(5_000);
    expect([names(client), client.hasEnded]).toEqual([[], true]);
  });

  it('that leaves meanwhile, or is there when the instance stops, leaves nothing behind', async () => {
    const { follower, cursor } = await pair();
    const [leaving, staying] = [
      await follower.connect({ lastEventId: cursor }),
      await follower.connect({ lastEventId: cursor }),
    ];
    leaving.leave();
    follower.hub.beforeApplicationShutdown();
    expect(staying.hasEnded).toBe(true);
    staying.leave();
    expect(follower.clock.pendingTimers).toBe(0);
    expect(follower.hub.stats.clients).toBe(0);
  });

  it('is waited for by the one that writes as well, where Redis tells others first', async () => {
    const REDIS_URL = 'redis://127.0.0.1:6379';
    const desk = await StreamDesk.open({ env: { REDIS_URL } });
    await desk.trade(['SPY', 1]);
    const client = await desk.connect({ lastEventId: `${desk.log.epoch.id}-2` });
    expect(names(client)).toEqual([]);
    await desk.trade(['SPY', 2]);
    await desk.clock.advance(50);
    expect(client.bootstrap.resume).toEqual({ verdict: 'exact' });
    expect(client.bars).toEqual([]);
  });

  it('nonsense is refused at once', async () => {
    const { follower } = await pair();
    const client = await follower.connect({ lastEventId: 'nonsense' });
    expect(client.bootstrap.resume.verdict).toBe('reset');
  });
});
