// Reads one journal file in a thread of its own, so that a large file holds nobody up.
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../common/errors.js';
import { isFaultOfFile, readJournalFile, type ReadJob, type ReadMessage } from './read-journal-file.js';

/** What the worker is told: the parts of the file, what to make of them, and that the next batch may come. */
export type WorkerOrder =
  | { readonly kind: 'part'; readonly content: string }
  | { readonly kind: 'read'; readonly job: ReadJob }
  | { readonly kind: 'next' };

/** What the worker tells: one batch for each order, then that there is no more, or why the file cannot be read. */
export type WorkerMessage =
  ReadMessage | { readonly kind: 'end' } | { readonly kind: 'unreadable'; readonly reason: string };

const port = parentPort;
if (port === null) throw new Error('this file is the body of a worker thread');
const parts: string[] = [];
let batches: Generator<ReadMessage> | null = null;

port.on('message', (order: WorkerOrder) => {
  if (order.kind === 'part') parts.push(order.content);
  else port.postMessage(answerTo(order));
});

function answerTo(order: Exclude<WorkerOrder, { kind: 'part' }>): WorkerMessage {
  try {
    if (order.kind === 'read') {
      batches = readJournalFile(parts.join(''), order.job);
      parts.length = 0;
    }
    const next = batches?.next();
    return next === undefined || next.done === true ? { kind: 'end' } : next.value;
  } catch (thrown) {
    if (!isFaultOfFile(thrown)) throw thrown;
    return { kind: 'unreadable', reason: messageOf(thrown) };
  }
}
