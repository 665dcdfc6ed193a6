import { expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './kit/eventually.js';
import { describeWithHaproxy, startHaproxy, type Haproxy } from './kit/haproxy.js';
import { ask, type HttpRequest } from './kit/http.js';
import { LOCKED, logIn, OVER_TLS } from './kit/locked-desk.js';
import { startPostgres } from './kit/postgres.js';
import { prepareApp } from './kit/start-app.js';

const INSTANCES = 3;
const ASKERS = 4;
const ASK_EVERY_MS = 100;

/** Sends one request after the other on connections that are kept, and sends none again. */
class Asker {
  readonly failures: string[] = [];
  answered = 0;
  private isStopped = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly running: Promise<void>;

  constructor(private readonly request: HttpRequest) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      const answer = await ask({ ...this.request, agent: this.agent }).catch(String);
      if (typeof answer === 'string') this.failures.push(answer);
      else if (answer.status === 200) this.answered++;
      else this.failures.push(`${answer.status} ${answer.text}`);
      // Far below what one caller gets, however fast the machine is.
      await delay(ASK_EVERY_MS);
    }
  }
}

describeWithHaproxy('P17: behind HAProxy, as it is shipped', () => {
  const untilAllUp = (haproxy: Haproxy): Promise<unknown> =>
    eventually(async () => (await haproxy.instances()).every(({ isUp }) => isUp), {
      what: 'all instances to be ready',
      timeoutMs: 240_000,
    });

  test('every instance is restarted, one after the other, and not one request fails, read or write', async () => {
    const postgres = await startPostgres();
    const settings = {
      ...LOCKED,
      FEED: 'simulator',
      DATABASE_URL: await postgres.createDatabase('behind_haproxy'),
      DRAIN_MS: '5000',
    };
    const apps = await Promise.all(Array.from({ length: INSTANCES }, () => prepareApp(settings)));
    for (const app of apps) await app.start();
    const haproxy = await startHaproxy(apps.map(({ port }) => port));
    await untilAllUp(haproxy);
    const headers = {
      ...OVER_TLS,
      Cookie: await logIn(apps[0]!),
      'Content-Type': 'application/json',
    };
    const read = { port: haproxy.port, path: '/api/history?symbol=SPY&limit=5', headers };
    const write = {
      port: haproxy.port,
      path: '/api/rules/validate',
      method: 'POST',
      headers,
      body: JSON.stringify({ when: 'close > open' }),
    };
    const askers = Array.from({ length: ASKERS }, (_, at) => new Asker(at % 2 === 0 ? read : write));

    for (const app of apps) {
      expect((await app.stop()).code).toBe(0);
      await app.start();
      await untilAllUp(haproxy);
    }
    await Promise.all(askers.map((asker) => asker.stop()));

    expect(askers.map(({ failures }) => failures)).toEqual(askers.map(() => []));
    expect(Math.min(...askers.map(({ answered }) => answered))).toBeGreaterThan(50);
    expect(Math.min(...(await haproxy.instances()).map(({ requests }) => requests))).toBeGreaterThan(0);
  });
});
