import type { Diag, RequestLimit } from '../../data-access/diag-client';
import { formatClock, formatCount, formatDate, formatSize, formatSpan, UNKNOWN } from '../../text/format';
import type { Zone } from '../../text/zone';

/** One figure with its name. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** What it means or what to do, in a few words. */
  readonly note?: string;
  /** Whether somebody should look at it. */
  readonly isOdd?: boolean;
}

/** Facts that belong together. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** Timers are this late on a process with nothing to do: the distance between two looks. */
const LOOP_SAMPLE_MS = 20;
/** A process that is later than this holds everybody up. */
const LATE_LOOP_MS = 200;
/** Bars that wait for the database longer than a moment mean that it is slow. */
const MANY_QUEUED_BARS = 1_000;
/** The embedded database has one connection, so some always wait; this many mean that it does not keep up. */
const MANY_WAITING = 10;
/** An error older than this is history. */
const NEW_ERROR_MS = 300_000;
const FRESH_STATES = ['live', 'delayed', 'simulated', 'replay'];

/** What an operator asks first, in the order of the asking. */
export function systemFacts(diag: Diag, zone: Zone): FactGroup[] {
  return [
    { title: 'Market feed', facts: marketFacts(diag, zone) },
    { title: 'Bars on record', facts: logFacts(diag) },
    { title: 'Memory of bars', facts: cacheFacts(diag) },
    { title: 'Streams to browsers', facts: streamFacts(diag) },
    { title: 'Database and instances', facts: storageFacts(diag) },
    { title: 'Process', facts: processFacts(diag, zone) },
    { title: 'Limits in force', facts: limitFacts(diag) },
    { title: 'Pools and time-outs', facts: poolFacts(diag) },
    { title: 'Login', facts: loginFacts(diag) },
  ];
}

/** How many things need a look, in a sentence. */
export function verdictOf(groups: readonly FactGroup[], diag: Diag): { isWell: boolean; words: string } {
  const odd = groups.flatMap(({ facts }) => facts.filter(({ isOdd }) => isOdd === true));
  const fresh = diag.errors.filter(({ lastAtMs }) => diag.timestamp - lastAtMs < NEW_ERROR_MS);
  const count = odd.length + fresh.length;
  if (count === 0) return { isWell: true, words: 'Nothing needs a look.' };
  return { isWell: false, words: count === 1 ? 'One thing needs a look.' : `${count} things need a look.` };
}

function marketFacts({ market, timestamp }: Diag, zone: Zone): Fact[] {
  const ageMs = market.lastTickMs === null ? null : timestamp - market.lastTickMs;
  const rejected = totalOf(market.rejected);
  return [
    { name: 'Source', value: market.source, note: market.reason },
    {
      name: 'State',
      value: market.state,
      note: market.state_reason,
      isOdd: !FRESH_STATES.includes(market.state),
    },
    {
      name: 'Newest trade',
      value: market.lastTickMs === null ? UNKNOWN : `${formatClock(market.lastTickMs, zone)} ${zone.label}`,
      note: ageMs === null ? 'None since the start' : `${formatSpan(ageMs)} before this was read`,
    },
    {
      name: 'Symbols',
      value: formatCount(market.symbols.length),
      note: market.symbols.slice(0, 12).join(' '),
    },
    { name: 'Late trades', value: formatCount(market.lateTrades), note: 'Came after their bar was final' },
    {
      name: 'Messages refused',
      value: formatCount(rejected),
      note: rejected === 0 ? 'None' : kindsOf(market.rejected),
    },
    {
      name: 'Gaps',
      value: formatCount(market.gaps.length),
      note: market.gaps.length === 0 ? 'None known' : gapWords(market.gaps.at(-1), zone),
      isOdd: market.gaps.length > 0,
    },
  ];
}

function logFacts({ log, epoch }: Diag): Fact[] {
  return [
    { name: 'Events', value: formatCount(log.headOffset), note: `Epoch ${epoch.id}` },
    { name: 'Held for resuming', value: formatCount(log.tailEvents), note: formatSize(log.tailBytes) },
    {
      name: 'Waiting to be written',
      value: formatCount(log.queuedBars),
      isOdd: log.queuedBars > MANY_QUEUED_BARS,
    },
    { name: 'Not in the archive yet', value: formatCount(log.unarchivedBars) },
    {
      name: 'Failed writes',
      value: formatCount(log.failedWrites),
      note: log.failedWrites === 0 ? 'None' : 'They are tried again; look at the database',
      isOdd: log.failedWrites > 0,
    },
  ];
}

function cacheFacts({ cache }: Diag): Fact[] {
  return [
    { name: 'Series', value: formatCount(cache.series), note: 'A symbol in a timeframe' },
    { name: 'Bars', value: formatCount(cache.bars) },
    {
      name: 'Space',
      value: formatSize(cache.bytes),
      note: `${Math.round((100 * cache.bytes) / cache.maxBytes)}% of ${formatSize(cache.maxBytes)}`,
    },
  ];
}

function streamFacts({ stream, limits }: Diag): Fact[] {
  const { over_bound: overBound = 0, silent = 0, evicted = 0 } = stream.cut;
  const { exact = 0, partial = 0, reset = 0 } = stream.resumed;
  return [
    { name: 'Open', value: formatCount(stream.clients), note: `of ${formatCount(limits.streams)}` },
    {
      name: 'Behind',
      value: formatCount(stream.behind),
      note: 'Read more slowly than the market',
      isOdd: stream.behind > 0,
    },
    { name: 'Series carried', value: formatCount(stream.topics) },
    {
      name: 'Cut off',
      value: formatCount(overBound + silent + evicted),
      note: `${overBound} too slow, ${silent} silent, ${evicted} made room`,
    },
    {
      name: 'Resumed',
      value: formatCount(exact + partial + reset),
      note: `${exact} exact, ${partial} partial, ${reset} from scratch`,
    },
  ];
}

function storageFacts({ database, redis, leader, leadership }: Diag): Fact[] {
  return [
    {
      name: 'Database',
      value: database.kind,
      note: database.kind === 'embedded' ? 'In DATA_DIR' : 'DATABASE_URL',
    },
    {
      name: 'Redis',
      value: redis === null ? 'not used' : redis.state,
      note: redis === null ? 'REDIS_URL is not set' : 'Shared by all instances',
      isOdd: redis?.state === 'away',
    },
    {
      name: 'Role',
      value: leader ? 'leader' : 'follower',
      note: leader ? 'This instance reads the feed' : 'Another instance reads the feed',
    },
    { name: 'Instance', value: leadership.instance },
  ];
}

function processFacts({ version, uptime_s, timestamp, memory, eventLoop }: Diag, zone: Zone): Fact[] {
  const startedMs = timestamp - uptime_s * 1_000;
  const lateMs = Math.max(0, eventLoop.p99_ms - LOOP_SAMPLE_MS);
  return [
    { name: 'Version', value: version },
    {
      name: 'Running for',
      value: formatSpan(uptime_s * 1_000),
      note: `since ${formatDate(startedMs, zone)} ${formatClock(startedMs, zone)} ${zone.label}`,
    },
    { name: 'Memory', value: formatSize(memory.rss), note: `heap ${formatSize(memory.heapUsed)} in use` },
    {
      name: 'Timers late by',
      value: formatSpan(lateMs),
      note: `99 of 100; at most ${formatSpan(Math.max(0, eventLoop.max_ms - LOOP_SAMPLE_MS))}`,
      isOdd: lateMs > LATE_LOOP_MS,
    },
  ];
}

function limitFacts({ limits }: Diag): Fact[] {
  return [
    { name: 'Streams', value: formatCount(limits.streams), note: `${limits.streams_per_session} a session` },
    {
      name: 'Waiting events',
      value: formatCount(limits.waiting_events_per_stream),
      note: 'a stream, then it is closed and resumes',
    },
    { name: 'Requests, logged in', ...rateOf(limits.requests_per_session) },
    { name: 'Requests, strangers', ...rateOf(limits.requests_per_stranger) },
  ];
}

function poolFacts({ pools: { database, http } }: Diag): Fact[] {
  return [
    {
      name: 'Database connections',
      value: `${database.open} of ${database.most}`,
      note: `${database.idle} idle, ${database.waiting} ${database.waiting === 1 ? 'question waits' : 'questions wait'} for one`,
      isOdd: database.waiting > MANY_WAITING,
    },
    {
      name: 'Question to the database',
      value: formatSpan(database.statement_timeout_ms),
      note: `then it is given up; ${formatSpan(database.connect_timeout_ms)} for a connection`,
    },
    { name: 'Connections', value: formatCount(http.connections), note: 'streams, requests and voice' },
    {
      name: 'Slow request',
      value: formatSpan(http.request_timeout_ms),
      note: `then it is cut; ${formatSpan(http.headers_timeout_ms)} for its headers`,
    },
    {
      name: 'Idle connection',
      value: `${http.keep_alive_timeout_ms / 1_000} s`,
      note: 'kept so long, above what load balancers do',
    },
  ];
}

function loginFacts({ auth }: Diag): Fact[] {
  const events = Object.entries(auth.events).map(([kind, count]) => ({
    name: wordsOf(kind),
    value: formatCount(count),
  }));
  const pin: Fact = auth.login
    ? { name: 'PIN', value: 'asked for' }
    : { name: 'PIN', value: 'none', note: 'The desk answers this machine alone' };
  return [pin, ...events];
}

function rateOf({ burst, perSecond }: RequestLimit): Pick<Fact, 'value' | 'note'> {
  return { value: `${formatCount(perSecond)} a second`, note: `${formatCount(burst)} at once` };
}

function gapWords(gap: Diag['market']['gaps'][number] | undefined, zone: Zone): string {
  if (gap === undefined) return '';
  return `${gap.symbol} ${formatClock(gap.from, zone)} to ${formatClock(gap.to, zone)}: ${gap.reason}`;
}

function kindsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${formatCount(count)} ${wordsOf(kind)}`)
    .join(', ');
}

function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `pin_refused` and `pinRefused` as words. */
function wordsOf(kind: string): string {
  const words = kind
    .replace(/[_.-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
