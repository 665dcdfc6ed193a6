import { parentPort } from 'node:worker_threads';
import { Flite, type FliteVoice } from './flite.js';

/** A text to be spoken. */
export interface SpeechJob {
  readonly id: number;
  readonly text: string;
  readonly voice: FliteVoice;
}

/** What came of it: samples at 24 kHz, or why there are none. */
export type SpeechDone =
  { readonly id: number; readonly samples: Int16Array } | { readonly id: number; readonly fault: string };

// Compiled while nobody waits.
const flite = Flite.load();

async function speak({ id, text, voice }: SpeechJob): Promise<void> {
  let done: SpeechDone;
  try {
    done = { id, samples: await (await flite).speak(text, voice) };
  } catch (thrown) {
    done = { id, fault: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  parentPort?.postMessage(done, 'samples' in done ? [done.samples.buffer as ArrayBuffer] : []);
}

let turn: Promise<void> = Promise.resolve();
parentPort?.on('message', (job: SpeechJob) => {
  turn = turn.then(() => speak(job));
});
