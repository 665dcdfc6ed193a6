import { Injectable } from '@nestjs/common';
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { hasErrorCode, messageOf } from '../common/errors.js';
import { ProblemException } from '../common/problem.exception.js';
import { isFaultOfFile, readJournalFile, type ReadJob, type ReadMessage } from './read-journal-file.js';
import type { WorkerMessage, WorkerOrder } from './read-file.worker.js';

/** What the thread that reads a file may take; a file that needs more is refused, and nobody else suffers. */
const WORKER_MEGABYTES = 1_024;

/** A file up to this size is read sooner than a thread has started. */
const SMALL_FILE_CHARACTERS = 256 * 1024;

/** A file as it came: its parts in their order. */
export interface ReceivedFile {
  readonly characters: number;
  readonly parts: AsyncIterable<string>;
}

/** Reads journal files, all but small ones in a thread of its own. */
@Injectable()
export class JournalFileReader {
  /**
   * What a file holds, batch by batch; reading waits until a batch was taken. 400 where the file cannot be read as a
   * whole, 413 where it needs too much memory.
   */
  async *read(file: ReceivedFile, job: ReadJob): AsyncGenerator<ReadMessage> {
    if (file.characters <= SMALL_FILE_CHARACTERS) yield* this.readHere(file, job);
    else yield* this.readInThread(file, job);
  }

  private async *readHere({ parts }: ReceivedFile, job: ReadJob): AsyncGenerator<ReadMessage> {
    const texts: string[] = [];
    for await (const text of parts) texts.push(text);
    try {
      yield* readJournalFile(texts.join(''), job);
    } catch (thrown) {
      if (!isFaultOfFile(thrown)) throw thrown;
      throw unreadable(messageOf(thrown));
    }
  }

  private async *readInThread({ parts }: ReceivedFile, job: ReadJob): AsyncGenerator<ReadMessage> {
    const worker = new Worker(new URL('./read-file.worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: WORKER_MEGABYTES },
    });
    const tell = (order: WorkerOrder): void => {
      worker.postMessage(order);
    };
    try {
      const messages = on(worker, 'message', { close: ['exit'] });
      for await (const content of parts) tell({ kind: 'part', content });
      tell({ kind: 'read', job });
      for await (const [message] of messages as AsyncIterable<[WorkerMessage]>) {
        if (message.kind === 'end') return;
        if (message.kind === 'unreadable') throw unreadable(message.reason);
        yield message;
        tell({ kind: 'next' });
      }
      throw new Error('the thread that reads journal files ended by itself');
    } catch (thrown) {
      if (!hasErrorCode(thrown, 'ERR_WORKER_OUT_OF_MEMORY')) throw thrown;
      const detail = 'Reading the file takes too much memory. Export a shorter time and import the parts.';
      throw new ProblemException({ status: 413, detail });
    } finally {
      await worker.terminate();
    }
  }
}

/** 400: the file as a whole is no good. */
function unreadable(reason: string): ProblemException {
  return new ProblemException({
    status: 400,
    detail: reason,
    errors: [{ path: 'content', message: reason }],
  });
}
