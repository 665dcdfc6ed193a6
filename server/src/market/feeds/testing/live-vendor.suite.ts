import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { LiveFeed } from '../live/live.feed.js';
import { describeAnyFeed } from '../market-feed.suite.js';
import { FeedRecorder } from './feed-recorder.suite.js';
import { answerJson, type RestFault } from './fake-server.suite.js';
import { FakeTape, type TapeTrade } from './fake-tape.suite.js';
import { LiveDesk, type FakeVenue } from './live-desk.suite.js';

/** What the suite must know of a vendor that is put to the test. */
export interface LiveVendorFixture {
  readonly symbols: readonly string[];
  readonly make: (tape: FakeTape, nowMs: () => number) => FakeVenue;
  /** Conditions trades are drawn from, and which of them set prices. Default: none, all. */
  readonly conditions?: readonly (readonly number[])[];
  readonly priced?: (trade: TapeTrade) => boolean;
  /** One that the vendor refuses when it is asked for; absent where it refuses none. */
  readonly oddSymbol?: string;
  /** Whether the vendor's numbers tell that a trade is missing. */
  readonly tellsGaps: boolean;
}

/** A Monday, ten past ten in New York. */
const START_MS = Date.UTC(2026, 2, 2, 15, 10, 20);
const HOUR_MS = 3_600_000;
const GARBAGE = [
  '',
  '{',
  '[]',
  'null',
  '42',
  '"text"',
  '[null]',
  '[{}]',
  '{}',
  '{"type":"match"}',
  '{"channel":"trade"}',
];

/** What every live feed promises, whatever the vendor does. Called by the spec of each vendor. */
export function describeLiveVendor(name: string, fixture: LiveVendorFixture): void {
  jest.setTimeout(120_000);
  let desk: LiveDesk | null = null;

  afterEach(async () => {
    await desk?.stop();
    desk = null;
  });

  /** A desk on a venue that has traded for half an hour, connected and caught up. */
  async function start(): Promise<LiveDesk> {
    const made = makeDesk();
    await made.open();
    await made.ready();
    return made;
  }

  function makeDesk(wrongByMs = 0): LiveDesk {
    const tape = new FakeTape(fixture.symbols, 1, fixture.conditions);
    tape.run(START_MS - HOUR_MS / 2, START_MS, 0.5);
    desk = new LiveDesk(START_MS, (nowMs) => fixture.make(tape, nowMs), fixture.priced, wrongByMs);
    return desk;
  }

  async function expectWhole(made: LiveDesk): Promise<void> {
    const { built, expected } = await made.verdict();
    expect(built).toEqual(expected);
    expect(made.lateTrades).toBe(0);
  }

  describeAnyFeed(name, {
    play: async ({ batchSize, salt }) => {
      await desk?.stop();
      const made = makeDesk();
      await made.fake.start();
      const feed = new LiveFeed(made.fake.vendor(), { salt, batchSize, chance: () => 0.5 }, made.clock);
      const recorder = new FeedRecorder(feed, { clock: made.clock });
      for (let passed = 0; !recorder.has('caught_up') || recorder.trades < 120; passed++) {
        if (passed > 120) throw new Error(`not caught up: ${recorder.reasons.join(' | ')}`);
        await made.run(0.5, 30);
      }
      return { feed, recorder, clock: made.clock };
    },
  });

  describe(`live vendor: ${name}`, () => {
    test('history and live trades make the bars of the tape', async () => {
      const made = await start();
      await made.run(150);
      expect(made.statuses[0]).toMatch(/^stale: connecting to /);
      expect(made.state).toBe('live');
      await expectWhole(made);
      expect(made.gaps).toEqual([]);
      expect(made.rejected).toEqual([]);
      expect(made.events.filter(({ kind }) => kind === 'caught_up')).toHaveLength(1);
    });

    test.each([5, 60, 180])('cut for %i s: nothing is missing, nothing twice', async (seconds) => {
      const made = await start();
      await made.run(40);
      made.fake.upgradeStatus = 503;
      made.fake.cut();
      await made.run(seconds);
      expect(made.state).toMatch(/stale|down/);
      made.fake.upgradeStatus = null;
      await made.runUntil('live again', () => made.state === 'live', 120, 4);
      await made.run(70);
      await expectWhole(made);
      expect(made.gaps).toEqual([]);
    });

    test('cut for 17 minutes: filled with finished minutes', async () => {
      const made = await start();
      await made.run(40);
      made.fake.upgradeStatus = 503;
      made.fake.cut();
      await made.run(17 * 60, 1);
      made.fake.upgradeStatus = null;
      await made.runUntil('live again', () => made.state === 'live', 120, 2);
      await made.run(70);
      await expectWhole(made);
      expect(made.gaps).toEqual([]);
    });

    test('connected but dead: noticed within 45 s, then whole', async () => {
      const made = await start();
      // A minute turns while nothing is heard: its bar must wait.
      await made.run(33);
      const { attempts } = made.fake;
      for (const connection of made.fake.connections) connection.stall();
      await made.runUntil('another connection', () => made.fake.attempts > attempts, 45, 4);
      await made.runUntil('live again', () => made.state === 'live', 60, 4);
      await made.run(70);
      await expectWhole(made);
    });

    test('without trades for 30 s in session hours it says stale, and live again with the next', async () => {
      const made = await start();
      await made.run(10);
      await made.run(29, 0);
      expect(made.state).toBe('live');
      await made.run(5, 0);
      expect(made.state).toBe('stale');
      await made.runUntil('live again', () => made.state === 'live', 30, 4);
    });

    test('repeated and overtaking trades count once and in order', async () => {
      const made = await start();
      let repeated = 0;
      let held: readonly TapeTrade[] = [];
      await made.run(90, 8, (trades) => {
        // The second half of each step comes before its first half, one step late.
        const half = Math.floor(held.length / 2);
        made.fake.tell([...held.slice(half), ...held.slice(0, half)]);
        made.fake.tell(held.slice(0, 1));
        repeated += Math.min(1, held.length);
        held = trades;
      });
      made.fake.tell(held);
      const { built, expected } = await made.verdict();
      // Where numbers have holes that mean nothing, nobody can know that a trade was overtaken: its place is where it came.
      const shown = (line: string): string => (fixture.tellsGaps ? line : line.replace(/ [oc]\S+/g, ''));
      expect(built.map(shown)).toEqual(expected.map(shown));
      expect(made.lateTrades).toBe(0);
      expect(repeated).toBeGreaterThan(100);
      if (!fixture.tellsGaps) expect(made.rejectedFor('duplicate')).toBe(repeated);
    });

    if (fixture.tellsGaps) {
      test('trades that were not received are found by their numbers and fetched', async () => {
        const made = await start();
        let count = 0;
        await made.run(100, 4, (trades) => made.fake.tell(trades.filter(() => ++count % 20 !== 0)));
        await made.run(10);
        await expectWhole(made);
        expect(made.gaps).toEqual([]);
        expect(made.rejected).toEqual([]);
      });

      test('what nobody has is told as a gap, and the rest goes on', async () => {
        const made = await start();
        await made.run(30);
        made.fake.restFault = (_url, response) => answerJson(response, { message: 'gone' }, 404);
        let isLost = false;
        await made.run(20, 4, (trades) => {
          made.fake.tell(isLost ? trades : trades.slice(1));
          isLost ||= trades.length > 0;
        });
        expect(made.gaps).toHaveLength(1);
        expect(made.gaps[0]?.reason).toContain('1 trades after');
        expect(made.state).toBe('live');
        made.fake.restFault = null;
        await made.run(100);
        const { built, expected } = await made.verdict();
        const wrong = built.filter((line) => !expected.includes(line) && line.includes(' 1m '));
        expect(wrong.length).toBeLessThanOrEqual(1);
      });
    }

    test('garbage, half of all messages: every good trade counts, the rest is counted by kind', async () => {
      const made = await start();
      let sent = 0;
      await made.run(60, 4, (trades) => {
        for (const trade of trades) {
          const text = GARBAGE[sent++ % GARBAGE.length] ?? '';
          for (const connection of made.fake.connections) connection.sendText(text);
          made.fake.tell([trade]);
        }
      });
      await expectWhole(made);
      expect(made.rejectedFor('malformed')).toBeGreaterThan(sent / 3);
      expect(made.gaps).toEqual([]);
    });

    test('trades that cannot be are refused, each for its reason', async () => {
      const made = await start();
      await made.run(5);
      const symbol = fixture.symbols[0] ?? '';
      const good = { symbol, id: 9e8, tsMs: made.clock.nowMs(), price: 100, size: 1, conditions: [] };
      const bad = [
        { ...good, price: 0 },
        { ...good, price: -1 },
        { ...good, price: 1e300 },
        { ...good, size: -2 },
        { ...good, tsMs: Date.UTC(1975, 0, 1) },
        { ...good, symbol: 'NOT-THERE' },
      ];
      for (const trade of bad)
        for (const connection of made.fake.connections) connection.send(made.fake.messageOf(trade));
      await made.settle();
      expect(made.rejected.map((line) => line.split(':')[0]).sort()).toEqual(
        ['bad_price', 'bad_price', 'bad_price', 'bad_size', 'bad_time', 'unknown_symbol'].sort(),
      );
      await expectWhole(made);
    });

    test('a trade from the future moves nothing', async () => {
      const made = await start();
      await made.run(20);
      const symbol = fixture.symbols[0] ?? '';
      const poison = {
        ...(made.fake.tape.of(symbol).at(-1) as TapeTrade),
        id: made.fake.tape.of(symbol).length + 1_001,
        tsMs: made.clock.nowMs() + HOUR_MS,
      };
      for (const connection of made.fake.connections) connection.send(made.fake.messageOf(poison));
      await made.settle();
      const newest = made.closed.reduce((latest, { barStartMs }) => Math.max(latest, barStartMs), 0);
      expect(newest).toBeLessThan(made.clock.nowMs());
      if (fixture.tellsGaps) made.fake.tape.print(symbol, made.clock.nowMs() - 1);
      await made.run(70);
      expect(made.rejectedFor('ahead_of_clock')).toBe(1);
      const { built, expected } = await made.verdict();
      // Where numbers rise by one, the trade that should have stood in its place was never sent.
      const differing = built.filter((line) => !expected.includes(line));
      expect(differing.filter((line) => line.includes(' 1m ')).length).toBeLessThanOrEqual(
        fixture.tellsGaps ? 1 : 0,
      );
    });

    test.each([-600, -30, 30, 600])('a clock that is wrong by %i s makes no difference', async (seconds) => {
      const made = makeDesk(seconds * 1_000);
      await made.open();
      await made.ready();
      await made.run(100);
      made.fake.cut();
      await made.runUntil('live again', () => made.state === 'live', 60, 4);
      await made.run(20);
      const told = /the clock of this machine is (\d+) s (ahead|behind)$/.exec(made.statuses.at(-1) ?? '');
      // Some vendors tell whole seconds alone.
      expect(Math.abs(Number(told?.[1]) - Math.abs(seconds))).toBeLessThanOrEqual(1);
      expect(told?.[2]).toBe(seconds > 0 ? 'ahead' : 'behind');
      await expectWhole(made);
      expect(made.rejectedFor('ahead_of_clock')).toBe(0);
    });

    test.each([-30, 120])('a clock that is changed by %i s makes no difference', async (seconds) => {
      const made = await start();
      await made.run(35);
      made.clock.setBack(-seconds * 1_000);
      made.shiftWrong(seconds * 1_000);
      await made.run(100);
      expect(made.state).toBe('live');
      await expectWhole(made);
    });

    test.each<[string, RestFault]>([
      ['429', (_url, response) => answerJson(response, { message: 'slow down' }, 429)],
      ['500', (_url, response) => answerJson(response, { message: 'oops' }, 500)],
      ['HTML', (_url, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>')],
      [
        'a cut answer',
        (_url, response) => response.writeHead(200, { 'Content-Length': '100' }).end('[1,').destroy(),
      ],
      [
        'another host',
        (_url, response) => response.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end(),
      ],
      ['no answer', () => undefined],
    ])(
      'S-SS1: history answers %s: a gap is told, and the next break is filled again',
      async (_name, fault) => {
        const made = await start();
        await made.run(40);
        made.fake.restFault = fault;
        made.fake.cut();
        const before = made.fake.requests.length;
        if (_name === 'no answer') {
          // Nothing drains while an answer is awaited: time alone passes.
          for (let i = 0; i < 600 && made.gaps.length === 0; i++) {
            await made.clock.advance(500);
            if (i % 2 === 0) made.fake.beat();
            await delay(1);
          }
        } else await made.runUntil('a gap', () => made.gaps.length > 0, 400, 0);
        expect(made.gaps.length).toBeGreaterThan(0);
        expect(made.fake.requests.length - before).toBeLessThanOrEqual(3 * (1 + 2 * fixture.symbols.length));
        made.fake.restFault = null;
      },
    );

    describe('symbols that join and leave', () => {
      const { symbols } = fixture;
      const late = symbols.at(-1) ?? '';
      const lateIndex = symbols.length - 1;

      /** A desk on all symbols but the last, which trades unheard. */
      async function startWithoutLast(): Promise<LiveDesk> {
        const made = makeDesk();
        await made.fake.start();
        await made.open({ vendor: made.fake.vendor(symbols.slice(0, -1)) });
        await made.ready();
        await made.run(30);
        return made;
      }
      /** A venue begins a subscription with its newest trades, which may have come already. */
      const refusals = ({ rejected }: LiveDesk): string[] =>
        rejected.filter((line) => !line.startsWith('duplicate:'));
      const isFollowed = (made: LiveDesk) => (): boolean =>
        made.state === 'live' && made.statuses.at(-1)?.includes(`of ${symbols.length} symbol`) === true;

      test('one that joins has whole bars from its history on, and the others stay whole', async () => {
        const made = await startWithoutLast();
        expect(made.closed.some(({ symbolIndex }) => symbolIndex === lateIndex)).toBe(false);
        made.join(late);
        await made.runUntil('followed', isFollowed(made), 60, 4);
        await made.run(100);
        expect(made.statuses.filter((line) => line.startsWith('stale'))).toHaveLength(2);
        await expectWhole(made);
        expect(made.gaps).toEqual([]);
        expect(refusals(made)).toEqual([]);
      });

      test.each([0, 2, 5])(
        'one that joins while the connection breaks %i s later is whole',
        async (seconds) => {
          const made = await startWithoutLast();
          made.join(late);
          await made.run(seconds);
          made.fake.cut();
          await made.runUntil('followed', isFollowed(made), 120, 4);
          await made.run(70);
          await expectWhole(made);
          expect(made.gaps).toEqual([]);
        },
      );

      test('one that left is not heard any more, and the next connection does without it', async () => {
        const made = await startWithoutLast();
        made.join(late);
        await made.runUntil('followed', isFollowed(made), 60, 4);
        made.leave(late);
        await made.run(10);
        const heard = made.tradesOf(late);
        made.fake.cut();
        await made.runUntil('live again', () => made.state === 'live', 60, 4);
        await made.run(20);
        expect(made.tradesOf(late)).toBe(heard);
        expect(refusals(made)).toEqual([]);
        expect(made.statuses.at(-1)).toContain(`of ${symbols.length - 1} symbol`);
      });

      test('one that the vendor does not have is told, and the others go on', async () => {
        const made = await startWithoutLast();
        const odd = fixture.oddSymbol;
        if (odd === undefined) return;
        made.join(odd);
        await made.runUntil('refused', () => made.statuses.at(-1)?.includes(odd) === true, 60, 4);
        await made.run(30);
        expect(made.state).toBe('live');
        expect(made.gaps).toEqual([]);
      });

      test('the directory finds what the vendor has, by name and by a part of it', async () => {
        const made = makeDesk();
        await made.fake.start();
        const directory = made.fake.vendor().directory(made.clock);
        expect(await directory.find(late)).toMatchObject({ symbol: late });
        expect(await directory.find('NOSUCH-USD')).toBeUndefined();
        const found = await directory.search(late.slice(0, 3).toLowerCase(), 5);
        expect(found.map(({ symbol }) => symbol)).toContain(late);
        const asked = made.fake.requests.length;
        await directory.find(late);
        expect(made.fake.requests.length).toBe(asked);
      });
    });

    test('refused in this region: says so, and asks rarely', async () => {
      const made = makeDesk();
      made.fake.upgradeStatus = 451;
      await made.open();
      await made.run(300, 0);
      expect(made.state).toBe('down');
      expect(made.statuses.at(-1)).toContain('not offered in this region');
      expect(made.fake.attempts).toBeLessThanOrEqual(2);
    });

    test('let in and thrown out again a hundred times: at most 12 tries in 5 minutes', async () => {
      const made = makeDesk();
      await made.open({ chance: () => 0.2 });
      for (let passed = 0; passed < 300; passed++) {
        made.fake.cut();
        await made.run(1, 0);
      }
      expect(made.fake.attempts).toBeGreaterThan(4);
      expect(made.fake.attempts).toBeLessThanOrEqual(12);
      expect(made.state).toMatch(/down|stale/);
    });

    test('once closed, tells nothing more and leaves no timer', async () => {
      const made = await start();
      await made.run(5);
      made.close();
      const { trades, events } = made;
      expect(made.clock.pendingTimers).toBe(0);
      await made.run(5);
      expect(made.trades).toBe(trades);
      expect(made.events).toBe(events);
      expect(made.clock.pendingTimers).toBe(0);
    });
  });
}
