import type { FeedState } from '@libs/contract';
import type { LogEntry, ReaderLog } from '../log/log-entry.js';
import type { Finding } from './finding.js';
import type { RecordedRun } from './recorded-run.js';

const STATES_OF_TROUBLE: ReadonlySet<FeedState> = new Set(['stale', 'down']);

/** While nothing can come from the feed, every stream that stays open says so in time. */
export function checkStale({ logs, feedDown, staleAfterMs }: RecordedRun): Finding[] {
  return feedDown.flatMap(({ fromMs, toMs }) => {
    const dueMs = fromMs + staleAfterMs;
    if (toMs <= dueMs) return [];
    return logs.flatMap((log) => {
      const told = stateAt(log, fromMs, dueMs);
      if (told === null || STATES_OF_TROUBLE.has(told)) return [];
      const detail = `${staleAfterMs} ms after the feed was lost the state was still "${told}"`;
      return [{ kind: 'stale_live' as const, where: log.reader, detail }];
    });
  });
}

/** State last told on the connection that was open from `fromMs` to `dueMs`; `null` where none was. */
function stateAt(log: ReaderLog, fromMs: number, dueMs: number): FeedState | null {
  const before = log.entries.filter(({ atMs }) => atMs <= dueMs);
  const connection = before.at(-1)?.connection;
  const own = before.filter((entry) => entry.connection === connection);
  const opened = own.find(({ kind }) => kind === 'bootstrap');
  const isOver = own.some(({ kind }) => kind === 'disconnect');
  if (opened === undefined || opened.atMs > fromMs || isOver) return null;
  return own.findLast(isStatus)?.state ?? null;
}

function isStatus(entry: LogEntry): entry is Extract<LogEntry, { kind: 'status' }> {
  return entry.kind === 'status';
}
