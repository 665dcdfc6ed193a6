import { expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { openBalancer, type Balancer } from './kit/balancer.js';
import { allBars, digestOf, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';
import { ResumingClient } from './kit/resuming-client.js';
import { prepareApp, startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { mulberry32, writeSyntheticDay } from './kit/trade-files.js';

const INSTANCES = 3;
const CLIENTS = 12;
const STREAM = '/realtime/sse?symbols=ACME&timeframe=1m&sinceSeq=0';
/** Times a request is sent again while an instance goes and the balancer does not know yet. */
const MOST_RETRIES = 5;

/** Asks for history through the balancer without a pause until stopped, as a page that polls does. */
class Asker {
  readonly failures: string[] = [];
  answered = 0;
  retried = 0;
  private isStopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly port: number) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    let newestSeq = 0;
    while (!this.isStopped) {
      const bars = await this.ask();
      const seq = bars?.at(-1)?.seq ?? newestSeq;
      // Whoever answers, nobody is sent back in time by more than what is on its way between instances.
      if (seq < newestSeq - 60) this.failures.push(`went from ${newestSeq} back to ${seq}`);
      newestSeq = Math.max(newestSeq, seq);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async ask(): Promise<Bar[] | undefined> {
    let told = '';
    for (let tries = 0; tries <= MOST_RETRIES; tries++) {
      const answer = await ask({ port: this.port, path: '/api/history?symbol=ACME&limit=5' }).catch(String);
      if (typeof answer !== 'string' && answer.status === 200) {
        this.answered++;
        return JSON.parse(answer.text) as Bar[];
      }
      told = typeof answer === 'string' ? answer : `${answer.status} ${answer.text}`;
      // Only what says so itself may be sent again: a break, or 503.
      if (typeof answer !== 'string' && answer.status !== 503) break;
      this.retried++;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    this.failures.push(told);
    return undefined;
  }
}

describeWithRedis('every instance restarted, one after the other, behind a balancer', () => {
  /** Stops one in good order and starts it again, once all of them are ready. */
  async function restart(app: RunningApp, balancer: Balancer): Promise<void> {
    await eventually(() => balancer.readyPorts.length === INSTANCES, {
      what: 'all instances',
      timeoutMs: 90_000,
    });
    expect((await app.stop()).code).toBe(0);
    await app.start();
  }

  test('loses and repeats nothing, and fails no request', async () => {
    const [postgres, redis] = [await startPostgres(), await startRedis()];
    const file = await writeSyntheticDay(await makeTempDir('rolling'), 'ACME', { seed: 23, minutes: 180 });
    const alone = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(alone);
    const expected = await allBars(alone, 'ACME');
    await alone.stop();

    const settings: Settings = {
      FEED: 'file',
      FEED_FILES: file,
      FEED_SPEED: '180',
      DATABASE_URL: await postgres.createDatabase('rolling'),
      REDIS_URL: redis.url,
      DRAIN_MS: '3000',
    };
    const apps = await Promise.all(Array.from({ length: INSTANCES }, () => prepareApp(settings)));
    for (const app of apps) await app.start();
    const balancer = await openBalancer(apps.map(({ port }) => port));
    const random = mulberry32(5);
    const clients = Array.from(
      { length: CLIENTS },
      () =>
        new ResumingClient({
          port: balancer.port,
          path: STREAM,
          random,
          mostBytes: 200_000,
        }),
    );
    const askers = [new Asker(balancer.port), new Asker(balancer.port)];
    const leaders = new Set<number>();
    for (const app of apps) {
      for (const one of apps)
        if ((await one.json<Diag & { leader: boolean }>('/api/diag')).leader) leaders.add(one.port);
      await restart(app, balancer);
    }
    await eventually(async () => digestOf(await allBars(apps[0]!, 'ACME')) === digestOf(expected), {
      what: 'the whole day',
      timeoutMs: 170_000,
    });
    await Promise.all(askers.map((asker) => asker.stop()));
    await Promise.all(
      clients.map((client) => client.finish('the whole day', ({ bars }) => bars.length >= expected.length)),
    );

    for (const { bars, faults, verdicts, epochIds } of clients) {
      expect(bars).toEqual(expected);
      expect(faults).toEqual([]);
      expect(epochIds.size).toBe(1);
      expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['exact']));
    }
    expect(askers.map(({ failures }) => failures)).toEqual([[], []]);
    // It did happen: the feed changed hands, everybody served, and clients moved.
    expect(leaders.size).toBeGreaterThan(1);
    expect(Math.min(...apps.map(({ port }) => balancer.given.get(port) ?? 0))).toBeGreaterThan(0);
    expect(Math.min(...clients.map(({ connections }) => connections))).toBeGreaterThan(INSTANCES);
    expect(Math.min(...askers.map(({ answered }) => answered))).toBeGreaterThan(50);
  }, 600_000);
});
