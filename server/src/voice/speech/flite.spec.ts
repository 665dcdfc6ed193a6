import { beforeAll, describe, expect, test } from '@jest/globals';
import { EnergyVad, PCM_RATE_HZ } from '@libs/coach';
import { Flite, FLITE_VOICES } from './flite.js';
import { speakable } from './speakable.js';

describe('speech out of the package alone', () => {
  let flite: Flite;
  beforeAll(async () => {
    flite = await Flite.load();
  });

  test.each(FLITE_VOICES)('%s speaks a sentence that voice activity takes for speech', async (voice) => {
    const samples = await flite.speak('Spy is at 652.84.', voice);
    const seconds = samples.length / PCM_RATE_HZ;
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(10);
    expect(new EnergyVad().push(samples)[0]).toMatchObject({ kind: 'started' });
  });

  test('the same text sounds the same', async () => {
    expect(await flite.speak('Ready.', 'kal16')).toEqual(await flite.speak('Ready.', 'kal16'));
  });

  test('nothing to say is silence, and text is text: no option of the program', async () => {
    expect((await flite.speak('', 'kal16')).length).toBeLessThan(PCM_RATE_HZ);
    expect((await flite.speak('-o /etc/passwd --help', 'kal16')).length).toBeGreaterThan(PCM_RATE_HZ / 2);
  });
});

describe('what is read aloud', () => {
  test.each([
    ['SPY is at 652.84.', 'S P Y is at 652.84.'],
    ['VWAP at 10:05 ET', 'vee wap at 10 oh 5 Eastern'],
    ['closes at 16:00', "closes at 16 o'clock"],
    ['Prices are 38 s old.', 'Prices are 38 seconds old.'],
    ['volume 12.3K, −0.28R', 'volume 12.3 thousand, minus 0.28 R'],
    ['“Reclaim” on 5m', 'Reclaim on 5 minute'],
  ])('%s', (text, words) => {
    expect(speakable(text)).toBe(words);
  });
});
