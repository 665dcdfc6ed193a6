import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Worker } from 'node:worker_threads';
import type { FliteVoice } from './flite.js';
import type { SpeechDone, SpeechJob } from './flite.worker.js';
import { speakable } from './speakable.js';

/** Sentences waiting for the one voice; more are refused. */
const MOST_WAITING = 200;

interface Waiting {
  readonly resolve: (samples: Int16Array) => void;
  readonly reject: (fault: Error) => void;
}

/** Turns sentences into speech, 24 kHz, without a network. */
export abstract class Speaker {
  /** Rejects where there is no speech to be had; the words are there all the same. */
  abstract speak(sentence: string, voice: FliteVoice): Promise<Int16Array>;
}

/** Flite in a thread of its own, so that speaking never holds up the desk. Begun with the first sentence. */
@Injectable()
export class FliteSpeaker extends Speaker implements OnApplicationShutdown {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;

  speak(sentence: string, voice: FliteVoice): Promise<Int16Array> {
    if (this.waiting.size >= MOST_WAITING)
      return Promise.reject(new Error('too many sentences wait to be spoken'));
    this.worker ??= this.begin();
    const job: SpeechJob = { id: this.nextId++, text: speakable(sentence), voice };
    return new Promise((resolve, reject) => {
      this.waiting.set(job.id, { resolve, reject });
      this.worker?.postMessage(job);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
    this.giveUp(new Error('the desk stops'));
  }

  private begin(): Worker {
    const worker = new Worker(new URL('./flite.worker.js', import.meta.url));
    // The desk does not stay up for a voice.
    worker.unref();
    worker.on('message', (done: SpeechDone) => {
      const asked = this.waiting.get(done.id);
      this.waiting.delete(done.id);
      if ('samples' in done) asked?.resolve(done.samples);
      else asked?.reject(new Error(done.fault));
    });
    worker.on('error', (fault: Error) => {
      this.end(worker, fault);
    });
    worker.on('exit', () => {
      this.end(worker, new Error('the voice ended by itself'));
    });
    return worker;
  }

  /** The next sentence begins a new one. */
  private end(worker: Worker, fault: Error): void {
    if (this.worker !== worker) return;
    this.worker = null;
    this.giveUp(fault);
  }

  private giveUp(fault: Error): void {
    for (const { reject } of this.waiting.values()) reject(fault);
    this.waiting.clear();
  }
}
