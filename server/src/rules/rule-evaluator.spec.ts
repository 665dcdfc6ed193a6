import { PGlite } from '@electric-sql/pglite';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ClosedBar } from '@libs/bars';
import { ruleDraftSchema, type SymbolInfo } from '@libs/contract';
import { canonicalSignals, compileRule, RuleEngine, type Signal } from '@libs/rules';
import { BehaviorSubject, NEVER } from 'rxjs';
import type { DataSource, QueryRunner } from 'typeorm';
import { CacheService } from '../cache/index.js';
import { ManualClock } from '../common/manual-clock.js';
import type { Env } from '../config/env.schema.js';
import { InMemoryBarArchive } from '../market/in-memory-bar-archive.suite.js';
import { BarLog, type Leadership, type MarketPipeline } from '../market/index.js';
import { BarLog1795000000001 } from '../persistence/migrations/1795000000001-bar-log.js';
import { Rules1795400000001 } from '../persistence/migrations/1795400000001-rules.js';
import { Alerts1795800000001 } from '../persistence/migrations/1795800000001-alerts.js';
import { BarReader } from './bar-reader.js';
import { RuleEvaluator } from './rule-evaluator.js';
import { RuleBook } from './rule-book.js';
import { RuleStore } from './rule-store.js';
import { SignalStore } from './signal-store.js';

const START_MINUTE = 29_381_040;
const OWNER = 7;
const SYMBOL: SymbolInfo = {
  symbol: 'SPY',
  name: 'SPY',
  asset_class: 'crypto',
  calendar: '24x7',
  price_decimals: 2,
};

let db: PGlite;
let dataSource: DataSource;
/** Writes of the database that fail, from now on. */
let refusals = 0;

beforeAll(async () => {
  db = await PGlite.create();
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> => {
    if (sql.includes('INSERT INTO signal') && refusals > 0) {
      refusals--;
      throw new Error('the database is away');
    }
    return (await db.query(sql, parameters)).rows;
  };
  for (const migration of [new BarLog1795000000001(), new Rules1795400000001(), new Alerts1795800000001()])
    await migration.up({ query } as unknown as QueryRunner);
  dataSource = { query } as unknown as DataSource;
});
afterAll(() => db.close());
beforeEach(async () => {
  refusals = 0;
  await db.exec(
    'DELETE FROM signal; DELETE FROM judged_log; DELETE FROM rule_version; DELETE FROM rule_setting; DELETE FROM alert',
  );
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
});

/** Closes of the minutes: a walk that crosses 100 often. */
const closeOf = (minute: number): number =>
  100 + Math.round(Math.sin(minute * 1.7) * 200 + Math.cos(minute * 0.31) * 150) / 100;

/** One process over an archive that outlives it. */
class Desk {
  private constructor(
    readonly log: BarLog,
    readonly evaluator: RuleEvaluator,
    readonly clock: ManualClock,
  ) {}

  static async start(archive: InMemoryBarArchive, { tailCap = 10_000, isLeader = true } = {}): Promise<Desk> {
    const clock = new ManualClock(0);
    // The signals' database is a real one: what it does by itself when an alert is written is done there.
    archive.onAlerts = async (alerts) => {
      for (const { offset, alert } of alerts) {
        const { epochId, ownerId, ruleId, symbol, timeframe, seq, barEndMs, json } = alert;
        await db.query('INSERT INTO alert VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
          offset,
          epochId,
          ownerId,
          ruleId,
          symbol,
          timeframe,
          seq,
          barEndMs,
          json,
        ]);
      }
    };
    const log = await BarLog.open(archive, clock, { recordKey: 'made', symbols: ['SPY'], tailCap });
    const market = {
      symbols: [SYMBOL],
      symbolAdded$: NEVER,
      carries: (symbol: string) => symbol === 'SPY',
    } as unknown as MarketPipeline;
    const env = { RING_BUFFER_CAP: 50 } as Env;
    const reader = new BarReader(new CacheService(env, archive, log, market));
    const role = isLeader ? { isLeader: true, fence: 1 } : { isLeader: false };
    const leadership = { role, role$: new BehaviorSubject(role) } as unknown as Leadership;
    const evaluator = new RuleEvaluator(
      log,
      archive,
      market,
      leadership,
      reader,
      new RuleBook(new RuleStore(dataSource)),
      new SignalStore(dataSource),
      clock,
    );
    evaluator.onApplicationBootstrap();
    await evaluator.settled();
    return new Desk(log, evaluator, clock);
  }

  async minutes(from: number, to: number): Promise<void> {
    for (let minute = from; minute < to; minute++) this.log.append(closed(minute));
    await this.log.flushed();
    await this.evaluator.settled();
    // Alerts are on their way by now.
    await this.log.flushed();
  }
}

function closed(minute: number): ClosedBar {
  const c = closeOf(minute);
  const o = closeOf(minute - 1);
  return {
    symbolIndex: 0,
    timeframe: '1m',
    barStartMs: (START_MINUTE + minute) * 60_000,
    o,
    h: Math.max(o, c),
    l: Math.min(o, c),
    c,
    v: 100 + (minute % 7),
    vw: (o + c) / 2,
    n: 3,
  };
}

const WHEN = 'crossesAbove(close, ema(4)) && rsi(3) > 40';
const draft = (when = WHEN, cooldownBars = 7) =>
  ruleDraftSchema.parse({ name: 'x', symbols: ['SPY'], when, cooldownBars });

async function addRule(id = 'r-1', when = WHEN, version = 1): Promise<void> {
  await new RuleStore(dataSource).append({ ownerId: OWNER, id, version, draft: draft(when) }, 0);
}

async function kept(log: BarLog): Promise<Signal[]> {
  return (await new SignalStore(dataSource).find(log.epoch.id, { ownerId: OWNER, limit: 1_000 })).reverse();
}

/** What the log tells, in its order. */
function toldIn(archive: InMemoryBarArchive): (Signal & { muted: boolean })[] {
  return archive.alerts.map(({ alert }) => JSON.parse(alert.json) as Signal & { muted: boolean });
}

/** What one engine says that sees all the bars in one go. */
function wanted(archive: InMemoryBarArchive, id = 'r-1', when = WHEN): string {
  const compiled = compileRule({ ...draft(when), id, version: 1 });
  const engine = new RuleEngine({
    rules: [{ compiled, activeAfterMs: 0 }],
    symbols: new Map([['SPY', '24x7']]),
  });
  return canonicalSignals(archive.committed.flatMap(({ bar }) => engine.push(bar).signals));
}

describe('judging the log', () => {
  it('gives the signals that one engine gives that sees everything at once', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    await desk.minutes(0, 400);
    const signals = await kept(desk.log);
    expect(signals.length).toBeGreaterThan(10);
    expect(canonicalSignals(signals)).toBe(wanted(archive));
    expect(desk.evaluator.stats).toMatchObject({ rules: 1, behind: 0, failures: 0, signals: signals.length });
  });

  it('goes on after any restart, cooldown included', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    let minute = 0;
    let desk = await Desk.start(archive);
    for (const length of [3, 60, 1, 7, 150, 30, 2, 90]) {
      await desk.minutes(minute, (minute += length));
      // Killed: nothing is said goodbye to.
      desk = await Desk.start(archive);
    }
    expect(canonicalSignals(await kept(desk.log))).toBe(wanted(archive));
  });

  it('judges what was finalized while nobody judged, out of the database where memory is too short', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const first = await Desk.start(archive);
    await first.minutes(0, 100);
    const follower = await Desk.start(archive, { isLeader: false });
    for (let minute = 100; minute < 1_300; minute++) follower.log.append(closed(minute));
    await follower.log.flushed();
    const last = await Desk.start(archive, { tailCap: 20 });
    expect(canonicalSignals(await kept(last.log))).toBe(wanted(archive));
  });

  it('neither loses nor repeats a signal when the database refuses to keep it', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    refusals = 2;
    const judging = desk.minutes(0, 300);
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await desk.clock.advance(10_000);
    }
    await judging;
    expect(refusals).toBe(0);
    expect(desk.evaluator.stats.failures).toBe(2);
    expect(canonicalSignals(await kept(desk.log))).toBe(wanted(archive));
  });

  it('tells each signal once, after it is kept', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    await desk.minutes(0, 200);
    expect(toldIn(archive)).toEqual((await kept(desk.log)).map((signal) => ({ ...signal, muted: false })));
    expect(archive.alerts.length).toBeGreaterThan(5);
    expect(archive.alerts.every(({ alert }) => alert.ownerId === OWNER)).toBe(true);
  });

  it('tells what was kept and not told before a crash, once, whatever else comes', async () => {
    await addRule();
    await addRule('r-2', 'close > open');
    const archive = new InMemoryBarArchive();
    let minute = 0;
    for (const length of [40, 30, 90, 5, 60]) {
      const desk = await Desk.start(archive);
      await desk.minutes(minute, (minute += length));
      // From here on nothing gets into the log: signals are kept, and then the process is gone.
      const alert = jest.spyOn(desk.log, 'alert').mockImplementation(() => undefined);
      await desk.minutes(minute, (minute += 20));
      expect(alert).toHaveBeenCalled();
    }
    const last = await Desk.start(archive);
    await last.minutes(minute, minute + 10);
    const signals = await kept(last.log);
    const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);
    expect(toldIn(archive).sort(byId)).toEqual(
      signals.map((signal) => ({ ...signal, muted: false })).sort(byId),
    );
    const offsets = archive.committedEvents.map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, index) => index + 1));
  });

  it('tells quietly while its owner has muted the rule', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    const store = new RuleStore(dataSource);
    await store.mute('r-1', 1_000);
    await desk.minutes(0, 100);
    const quiet = archive.alerts.length;
    await desk.clock.advance(1_000);
    await desk.minutes(100, 200);
    const loud = archive.alerts.length;
    await store.mute('r-1', 5_000);
    await store.mute('r-1', null);
    await desk.minutes(200, 300);
    const muted = toldIn(archive).map((alert) => alert.muted);
    expect(muted.slice(0, quiet).every(Boolean)).toBe(true);
    expect(muted.slice(quiet).some(Boolean)).toBe(false);
    expect(0 < quiet && quiet < loud && loud < muted.length).toBe(true);
  });
});

describe('rules that change', () => {
  it('a rule that is added is judged by the bars that close afterwards', async () => {
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    await desk.minutes(0, 200);
    const fromMs = desk.evaluator.newestCloseMs();
    expect(fromMs).toBe((START_MINUTE + 200) * 60_000);
    await new RuleStore(dataSource).append({ ownerId: OWNER, id: 'r-1', version: 1, draft: draft() }, fromMs);
    desk.evaluator.rulesChanged();
    await desk.evaluator.settled();
    await desk.minutes(200, 400);
    const signals = await kept(desk.log);
    expect(signals.length).toBeGreaterThan(5);
    expect(signals.every(({ bar_end }) => bar_end > fromMs)).toBe(true);
  });

  it('a rule that is switched off or deleted is silent', async () => {
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    await desk.minutes(0, 100);
    const before = (await kept(desk.log)).length;
    await new RuleStore(dataSource).append(
      { ownerId: OWNER, id: 'r-1', version: 2, draft: { ...draft(), enabled: false } },
      0,
    );
    desk.evaluator.rulesChanged();
    await desk.minutes(100, 300);
    expect(await kept(desk.log)).toHaveLength(before);
    expect(desk.evaluator.stats.rules).toBe(0);
  });

  it('one that the language does not know any more is left out, and the others are judged', async () => {
    await addRule('r-old', 'moonPhase > 3');
    await addRule();
    const archive = new InMemoryBarArchive();
    const desk = await Desk.start(archive);
    await desk.minutes(0, 100);
    expect(desk.evaluator.stats.rules).toBe(1);
    expect(canonicalSignals(await kept(desk.log))).toBe(wanted(archive));
  });

  it('of many who change the same version one wins', async () => {
    const store = new RuleStore(dataSource);
    await addRule();
    const tries = Array.from({ length: 8 }, (_, index) =>
      store.append({ ownerId: OWNER, id: 'r-1', version: 2, draft: draft(`close > ${index}`) }, 0),
    );
    const winners = (await Promise.all(tries)).filter((rule) => rule !== null);
    expect(winners).toHaveLength(1);
    expect((await store.versions(OWNER, 'r-1')).map(({ rule }) => rule.version)).toEqual([1, 2]);
    expect((await store.current()).map(({ rule }) => rule.when)).toEqual([winners[0]?.when]);
  });
});
