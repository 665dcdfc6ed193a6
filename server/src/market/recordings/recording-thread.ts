import type { SymbolInfo } from '@libs/contract';
import { Worker } from 'node:worker_threads';
import type { RecordedDaysOptions } from './recorded-days.js';
import { RecordingWriter, type RecordingOrder, type RecordingReport } from './recording-writer.port.js';
import type { RecordingAnswer, RecordingQuestion } from './recording.worker.js';

/**
 * Recordings written by a thread of their own: making text of trades and packing it costs more than all else that is done
 * with them. The thread is started with the first order, and anew after one that has failed.
 */
export class RecordingThread extends RecordingWriter {
  private worker: Worker | null = null;
  private isUsed = false;
  /** All that were told, for a thread that takes the place of another. */
  private readonly symbols: SymbolInfo[] = [];

  constructor(private readonly options: RecordedDaysOptions) {
    super();
  }

  async write(order: RecordingOrder): Promise<RecordingReport> {
    const isNew = this.worker === null;
    this.symbols.push(...order.newSymbols);
    const newSymbols = isNew ? this.symbols : order.newSymbols;
    const columns = order.batches.flatMap(({ symbolIndex, tsMs, price, size, updates }) => [
      symbolIndex.buffer,
      tsMs.buffer,
      price.buffer,
      size.buffer,
      updates.buffer,
    ]);
    const answer = await this.ask(
      { kind: 'write', order: { ...order, newSymbols } },
      columns as ArrayBuffer[],
    );
    if (answer.kind !== 'report') throw new Error('the recording thread gave another answer than a report');
    return answer.report;
  }

  async sweep(): Promise<void> {
    await this.ask({ kind: 'sweep' }, []);
  }

  async close(): Promise<void> {
    if (this.worker === null) return;
    await this.ask({ kind: 'close' }, []);
    await this.worker.terminate();
    this.worker = null;
  }

  /** One question at a time. */
  private ask(question: RecordingQuestion, columns: ArrayBuffer[]): Promise<RecordingAnswer> {
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      const take = (answer: RecordingAnswer): void => {
        worker.off('error', fail);
        if (answer.kind === 'failed') reject(new Error(answer.reason));
        else resolve(answer);
      };
      const fail = (error: Error): void => {
        worker.off('message', take);
        reject(error);
      };
      worker.once('message', take).once('error', fail);
      worker.postMessage(question, columns);
    });
  }

  private start(): Worker {
    const workerData: RecordedDaysOptions = { ...this.options, goesOn: this.isUsed };
    this.isUsed = true;
    const worker = new Worker(new URL('./recording.worker.js', import.meta.url), { workerData });
    return worker.on('error', () => {
      if (this.worker === worker) this.worker = null;
    });
  }
}
