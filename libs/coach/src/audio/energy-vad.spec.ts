import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EnergyVad, type VadEvent } from './energy-vad.js';
import { PCM_RATE_HZ } from './pcm.js';

const SAMPLES_PER_MS = PCM_RATE_HZ / 1_000;

function tone(ms: number, loudness = 0.3): Int16Array {
  return Int16Array.from({ length: ms * SAMPLES_PER_MS }, (_, index) =>
    Math.round(32_767 * loudness * Math.sin((2 * Math.PI * 220 * index) / PCM_RATE_HZ)),
  );
}
const silence = (ms: number): Int16Array => new Int16Array(ms * SAMPLES_PER_MS);

function joined(...pieces: Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function heard(samples: Int16Array, cut = samples.length): VadEvent[] {
  const vad = new EnergyVad();
  const events: VadEvent[] = [];
  for (let at = 0; at < samples.length; at += cut) events.push(...vad.push(samples.subarray(at, at + cut)));
  return events;
}

describe('speech by loudness', () => {
  test('begins where the sound began and ends after half a second of silence', () => {
    expect(heard(joined(silence(300), tone(1_000), silence(800)))).toEqual([
      { kind: 'started', atMs: 300 },
      { kind: 'stopped', atMs: 1_800 },
    ]);
  });

  test('a cough is no speech, nor are two of them', () => {
    expect(heard(joined(silence(200), tone(180), silence(300), tone(200), silence(600)))).toEqual([]);
  });

  test('gaps between syllables do not break the hold', () => {
    const syllables = Array.from({ length: 5 }, () => [tone(90), silence(30)]).flat();
    expect(heard(joined(...syllables, silence(700)))[0]).toEqual({ kind: 'started', atMs: 0 });
  });

  test('a quiet room is no speech', () => {
    expect(heard(tone(3_000, 0.01))).toEqual([]);
  });

  test('however the samples are cut, the events are the same', () => {
    const samples = joined(
      silence(120),
      tone(400),
      silence(700),
      tone(100),
      silence(50),
      tone(600),
      silence(600),
    );
    const whole = heard(samples);
    expect(whole).toHaveLength(4);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (cut) => {
        expect(heard(samples, cut)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});
