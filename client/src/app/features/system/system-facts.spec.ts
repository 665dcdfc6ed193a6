import { describe, expect, it } from '@jest/globals';
import type { Diag } from '../../data-access/diag-client';
import { zoneOf } from '../../text/zone';
import { systemFacts, verdictOf } from './system-facts';

const NOW_MS = Date.parse('2026-11-19T15:42:36Z');
const WELL: Diag = {
  timestamp: NOW_MS,
  version: '0.1.0',
  uptime_s: 3_720,
  epoch: { id: 'e1', startMs: NOW_MS - 3_720_000 },
  market: {
    source: 'massive',
    reason: 'a key is set',
    state: 'live',
    state_reason: 'trades are coming',
    lastTickMs: NOW_MS - 300,
    symbols: ['SPY', 'QQQ'],
    lateTrades: 3,
    rejected: { badPrice: 2, unknown_symbol: 1 },
    gaps: [],
  },
  log: {
    headOffset: 1_234,
    queuedBars: 0,
    unarchivedBars: 0,
    failedWrites: 0,
    tailEvents: 20,
    tailBytes: 1_600_000,
  },
  cache: { series: 16, bars: 800, bytes: 5_200, maxBytes: 10_400 },
  stream: {
    clients: 2,
    behind: 0,
    topics: 4,
    cut: { over_bound: 1 },
    resumed: { exact: 5, reset: 1, new: 9 },
  },
  database: { kind: 'embedded' },
  redis: null,
  leader: true,
  leadership: { instance: 'i1' },
  limits: {
    streams: 2_000,
    streams_per_session: 10,
    requests_per_session: { burst: 2_000, perSecond: 500 },
    requests_per_stranger: { burst: 100, perSecond: 20 },
    waiting_events_per_stream: 1_000,
  },
  pools: {
    database: {
      most: 5,
      open: 2,
      idle: 1,
      waiting: 0,
      connect_timeout_ms: 1_000,
      statement_timeout_ms: 5_000,
    },
    http: {
      connections: 10_000,
      headers_timeout_ms: 20_000,
      request_timeout_ms: 30_000,
      keep_alive_timeout_ms: 65_000,
    },
  },
  auth: { login: true, events: { pin_refused: 2 } },
  errors: [],
  memory: { rss: 419_000_000, heapUsed: 46_000_000, heapTotal: 90_000_000 },
  eventLoop: { p50_ms: 20.1, p99_ms: 34, max_ms: 110 },
};

function valueOf(diag: Diag, name: string): string | undefined {
  return systemFacts(diag, zoneOf('XNYS'))
    .flatMap(({ facts }) => facts)
    .find((fact) => fact.name === name)?.value;
}

function oddOf(diag: Diag): string[] {
  return systemFacts(diag, zoneOf('XNYS')).flatMap(({ facts }) =>
    facts.filter(({ isOdd }) => isOdd === true).map(({ name }) => name),
  );
}

const wordsFor = (diag: Diag): string => verdictOf(systemFacts(diag, zoneOf('XNYS')), diag).words;

describe('what the system page says', () => {
  it('gives times, sizes and counts as the desk writes them', () => {
    expect(valueOf(WELL, 'Newest trade')).toBe('10:42:35 ET');
    expect(valueOf(WELL, 'Messages refused')).toBe('3');
    expect(valueOf(WELL, 'Memory')).toBe('419 MB');
    expect(valueOf(WELL, 'Running for')).toBe('1 h 2 min');
    expect(valueOf(WELL, 'Timers late by')).toBe('14 ms');
    expect(valueOf(WELL, 'Resumed')).toBe('6');
    expect(valueOf(WELL, 'Pin refused')).toBe('2');
    expect(valueOf(WELL, 'Database connections')).toBe('2 of 5');
    expect(valueOf(WELL, 'Slow request')).toBe('30 s');
  });

  it('a server that is well needs no look', () => {
    expect(oddOf(WELL)).toEqual([]);
    expect(wordsFor(WELL)).toBe('Nothing needs a look.');
  });

  it.each<[string, Partial<Diag>]>([
    ['State', { market: { ...WELL.market, state: 'down' } }],
    ['Gaps', { market: { ...WELL.market, gaps: [{ symbol: 'SPY', from: 0, to: 1, reason: 'feed lost' }] } }],
    ['Failed writes', { log: { ...WELL.log, failedWrites: 1 } }],
    ['Waiting to be written', { log: { ...WELL.log, queuedBars: 5_000 } }],
    ['Behind', { stream: { ...WELL.stream, behind: 1 } }],
    ['Redis', { redis: { state: 'away' } }],
    [
      'Database connections',
      { pools: { ...WELL.pools, database: { ...WELL.pools.database, open: 5, idle: 0, waiting: 70 } } },
    ],
    ['Timers late by', { eventLoop: { ...WELL.eventLoop, p99_ms: 900 } }],
  ])('%s: is pointed at', (name, change) => {
    const ill = { ...WELL, ...change };
    expect(oddOf(ill)).toEqual([name]);
    expect(wordsFor(ill)).toBe('One thing needs a look.');
  });

  it('an error counts while it is new', () => {
    const error = { message: 'the database is away', count: 2, lastAtMs: NOW_MS - 1_000 };
    expect(wordsFor({ ...WELL, errors: [error] })).toBe('One thing needs a look.');
    expect(wordsFor({ ...WELL, errors: [{ ...error, lastAtMs: NOW_MS - 3_600_000 }] })).toBe(
      'Nothing needs a look.',
    );
  });
});
