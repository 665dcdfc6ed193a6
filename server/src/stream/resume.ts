import type { Seq, Timeframe } from '@libs/bars';
import type { EpochInfo, ResumeVerdict } from '@libs/contract';
import type { LogTail } from '../market/index.js';
import type { ParsedCursor } from './cursor.js';

/** What a stream carries: bars of these symbols in these timeframes, and every alert of theirs that is for its owner. */
export interface Topics {
  readonly symbols: ReadonlySet<string>;
  readonly timeframes: ReadonlySet<Timeframe>;
  readonly ownerId: number;
}

/** Series of one timeframe: the only ones that a seq alone can place. */
interface OneTimeframe {
  readonly symbols: ReadonlySet<string>;
  readonly timeframe: Timeframe;
}

/** What the log knows that a resume depends on. */
export interface LogView {
  readonly epoch: EpochInfo;
  readonly headOffset: number;
  readonly tail: LogTail;
  /** Newest finalized seq of a symbol in a timeframe, `null` for none. */
  readonly lastSeqOf: (symbol: string, timeframe: Timeframe) => Seq | null;
}

/** Where a stream starts, and what the client is told about it. */
export interface ResumePlan {
  readonly verdict: ResumeVerdict;
  /** Position in the tail of the first event to consider. */
  readonly position: number;
  /** Position of the first bar to consider; the same, unless a seq says more of bars than the cursor does. */
  readonly barPosition: number;
  /** Whether a cursor says which alerts are missing. Else they are missing where the bars are that they closed with. */
  readonly placesAlerts: boolean;
  /** Bars before the tail's present end are skipped unless their seq is above this, and alerts that came with those bars. */
  readonly aboveSeq: Seq;
}

export interface ResumeRequest {
  readonly cursor?: ParsedCursor | undefined;
  readonly sinceSeq?: Seq | undefined;
}

const NO_SEQ = -1;

/**
 * Decides where a connecting client starts. There is never silence: every request gets a verdict, and `exact` is only
 * said when every finalized bar after what the client has will follow. Of a cursor and a seq the one further on wins.
 */
export function planResume(request: ResumeRequest, topics: Topics, log: LogView): ResumePlan {
  const { cursor } = request;
  const bareSeq = cursor?.kind === 'seq' ? cursor.seq : undefined;
  const sinceSeq = maxOf(bareSeq, request.sinceSeq);
  const [timeframe, ...others] = topics.timeframes;
  const isOne = timeframe !== undefined && others.length === 0;
  if (sinceSeq !== undefined && !isOne) return reset(log, 'a seq alone says nothing of several timeframes');
  const byCursor =
    cursor === undefined || cursor.kind === 'seq' ? undefined : planByCursor(cursor, topics, log);
  if (byCursor?.verdict.verdict === 'reset') return byCursor;
  const bySeq =
    sinceSeq === undefined || !isOne
      ? undefined
      : planBySeq(sinceSeq, { symbols: topics.symbols, timeframe }, log);
  if (byCursor !== undefined && bySeq !== undefined) return furtherOn(byCursor, bySeq);
  return byCursor ?? bySeq ?? fromNowOn(log, { verdict: 'new' });
}

/** What one of the two proves to be complete stays complete when the other one lets more be skipped. */
function furtherOn(byCursor: ResumePlan, bySeq: ResumePlan): ResumePlan {
  const exact = [byCursor, bySeq].find(({ verdict }) => verdict.verdict === 'exact');
  if (bySeq.position > byCursor.position) {
    if (bySeq.verdict.verdict === 'reset') return bySeq;
    // A seq says nothing of alerts: those after the cursor are still missing.
    const { position } = byCursor;
    return { ...bySeq, position, placesAlerts: true, verdict: (exact ?? bySeq).verdict };
  }
  return exact ?? byCursor;
}

function planByCursor(
  cursor: Exclude<ParsedCursor, { kind: 'seq' }>,
  topics: Topics,
  log: LogView,
): ResumePlan {
  if (cursor.kind === 'unknown') return reset(log, 'the cursor is not one of ours');
  if (cursor.epochId !== log.epoch.id) return reset(log, 'the cursor belongs to another epoch');
  if (cursor.offset > log.headOffset) return reset(log, 'the cursor is ahead of the log');
  const position = log.tail.positionAfter(cursor.offset);
  if (cursor.offset >= log.tail.evictedOffset)
    return {
      verdict: { verdict: 'exact' },
      position,
      barPosition: position,
      placesAlerts: true,
      aboveSeq: NO_SEQ,
    };
  const [timeframe, ...others] = topics.timeframes;
  const one = timeframe === undefined || others.length > 0 ? null : { symbols: topics.symbols, timeframe };
  return { ...partial(log, one, position, NO_SEQ), placesAlerts: true };
}

function planBySeq(sinceSeq: Seq, topics: OneTimeframe, log: LogView): ResumePlan {
  const heads = [...topics.symbols].map((symbol) => log.lastSeqOf(symbol, topics.timeframe) ?? NO_SEQ);
  if (sinceSeq > Math.max(...heads)) return reset(log, `seq ${sinceSeq} is ahead of every bar here`);
  const { position, isComplete } = findSince(sinceSeq, topics, log);
  if (isComplete) {
    return {
      verdict: { verdict: 'exact' },
      position,
      barPosition: position,
      placesAlerts: false,
      aboveSeq: sinceSeq,
    };
  }
  return partial(log, topics, position, sinceSeq);
}

/** Walks back from the newest event until, for every symbol, the last bar at or below `sinceSeq` is known to be passed. */
function findSince(
  sinceSeq: Seq,
  topics: OneTimeframe,
  { tail, lastSeqOf }: LogView,
): { position: number; isComplete: boolean } {
  const open = new Set(
    [...topics.symbols].filter((symbol) => (lastSeqOf(symbol, topics.timeframe) ?? NO_SEQ) > sinceSeq),
  );
  let position = tail.end;
  for (let candidate = tail.end - 1; candidate >= tail.first && open.size > 0; candidate--) {
    if (tail.isAlertAt(candidate)) continue;
    const symbol = tail.symbolAt(candidate);
    if (tail.timeframeAt(candidate) !== topics.timeframe || !open.has(symbol)) continue;
    const isAbove = tail.seqAt(candidate) > sinceSeq;
    if (isAbove) position = candidate;
    // A correction stands later in the log than the bars that followed the one it corrects, so it passes none of them.
    if (tail.revAt(candidate) > 0) continue;
    if (!isAbove || (tail.prevSeqAt(candidate) ?? NO_SEQ) <= sinceSeq) open.delete(symbol);
  }
  return { position, isComplete: open.size === 0 || tail.evictedOffset === 0 };
}

/** `topics`: `null` for several timeframes, of which no one seq says from where on they are complete. */
function partial(log: LogView, topics: OneTimeframe | null, position: number, aboveSeq: Seq): ResumePlan {
  const firstAvailable = topics === null ? null : firstCompleteSeq(topics, log, position);
  return {
    verdict: {
      verdict: 'partial',
      reason: 'the oldest part is no longer held in the stream; fetch it from history',
      ...(firstAvailable !== null && { first_available: firstAvailable }),
    },
    position,
    barPosition: position,
    placesAlerts: false,
    aboveSeq,
  };
}

/** A seq from which on every symbol's bars follow in the stream, `null` when there are no bars at all. */
function firstCompleteSeq(topics: OneTimeframe, { tail, lastSeqOf }: LogView, from: number): Seq | null {
  const waiting = new Set(topics.symbols);
  const firsts: Seq[] = [];
  for (let position = from; position < tail.end && waiting.size > 0; position++) {
    if (tail.isAlertAt(position)) continue;
    const symbol = tail.symbolAt(position);
    if (tail.timeframeAt(position) !== topics.timeframe || tail.revAt(position) > 0) continue;
    if (waiting.delete(symbol)) firsts.push(tail.seqAt(position));
  }
  for (const symbol of waiting) {
    // Nothing of this one is held any more, so even its newest bar has to come from history.
    const lastSeq = lastSeqOf(symbol, topics.timeframe);
    if (lastSeq !== null) firsts.push(lastSeq + 1);
  }
  return firsts.length === 0 ? null : Math.max(...firsts);
}

function reset(log: LogView, reason: string): ResumePlan {
  return fromNowOn(log, { verdict: 'reset', reason });
}

function fromNowOn(log: LogView, verdict: ResumeVerdict): ResumePlan {
  const position = log.tail.end;
  return { verdict, position, barPosition: position, placesAlerts: false, aboveSeq: NO_SEQ };
}

function maxOf(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
