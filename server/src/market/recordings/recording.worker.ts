// Writes recordings in a thread of its own, so that neither making the text nor packing it holds the market up.
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../common/errors.js';
import { RecordedDays, type RecordedDaysOptions } from './recorded-days.js';
import type { RecordingOrder, RecordingReport } from './recording-writer.port.js';

/** What the thread is asked for, one at a time. */
export type RecordingQuestion =
  { readonly kind: 'write'; readonly order: RecordingOrder } | { readonly kind: 'sweep' | 'close' };

/** What it answers: `failed` with the error of the file system. */
export type RecordingAnswer =
  | { readonly kind: 'report'; readonly report: RecordingReport }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string };

const port = parentPort;
if (port === null) throw new Error('this file is the body of a worker thread');
const days = new RecordedDays(workerData as RecordedDaysOptions);

port.on('message', (question: RecordingQuestion) => {
  void answerTo(question)
    .catch((thrown: unknown): RecordingAnswer => ({ kind: 'failed', reason: messageOf(thrown) }))
    .then((answer) => {
      port.postMessage(answer);
    });
});

async function answerTo(question: RecordingQuestion): Promise<RecordingAnswer> {
  if (question.kind === 'write') return { kind: 'report', report: await days.write(question.order) };
  await (question.kind === 'sweep' ? days.sweep() : days.close());
  return { kind: 'done' };
}
