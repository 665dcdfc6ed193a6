import { describe, expect, test } from '@jest/globals';
import { bytesOf, samplesOf } from './pcm.js';
import { resample } from './resample.js';

const tone = (hz: number, rateHz: number, ms: number): Int16Array =>
  Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, index) =>
    Math.round(20_000 * Math.sin((2 * Math.PI * hz * index) / rateHz)),
  );

/** Loudness of one frequency, by Goertzel's sum. */
function loudnessAt(samples: Int16Array, hz: number, rateHz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * hz * index) / rateHz;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

describe('another rate', () => {
  test.each([8_000, 16_000])('a tone at %i Hz sounds the same at 24 kHz', (fromHz) => {
    const output = resample(tone(1_000, fromHz, 500), fromHz, 24_000);
    expect(output).toHaveLength(12_000);
    expect(loudnessAt(output, 1_000, 24_000)).toBeGreaterThan(19_500);
    expect(loudnessAt(output, 1_000, 24_000)).toBeLessThan(20_500);
  });

  test('no mirror image above half of the lower rate', () => {
    const output = resample(tone(3_000, 8_000, 500), 8_000, 24_000);
    expect(loudnessAt(output, 5_000, 24_000)).toBeLessThan(200);
  });

  test('the same rate is left as it is; silence stays silence', () => {
    const samples = tone(440, 24_000, 10);
    expect(resample(samples, 24_000, 24_000)).toBe(samples);
    expect(resample(new Int16Array(160), 16_000, 24_000).every((sample) => sample === 0)).toBe(true);
  });

  test('samples survive the wire', () => {
    const samples = Int16Array.from([0, 1, -1, 32_767, -32_768]);
    expect(samplesOf(bytesOf(samples))).toEqual(samples);
  });
});
