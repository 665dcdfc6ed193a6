import { describe, expect, test } from '@jest/globals';
import { withSound, withWords } from '@libs/coach';
import fc from 'fast-check';
import { cutShort, heardOf, newAnswer, stretchesOf, type SpokenAnswer } from './spoken-answer';

const whole = (answer: SpokenAnswer): SpokenAnswer => ({ ...answer, isWhole: true });
/** Two sentences with a second of sound each. */
const spoken = (): SpokenAnswer =>
  withSound(
    withWords(withSound(withWords(newAnswer('resp_1'), 'ACME is at 652.84.'), 1_000), ' VWAP is 650.91.'),
    1_000,
  );

describe('what was heard of an answer', () => {
  test('nothing before its sound, all of it at its end', () => {
    expect(heardOf(spoken(), 0)).toBe(0);
    expect(heardOf(whole(spoken()), 2_000)).toBe(spoken().text.length);
  });

  test('a sentence is over when the next one begins', () => {
    expect(spoken().text.slice(0, heardOf(whole(spoken()), 1_000))).toBe('ACME is at 652.84.');
  });

  test('whole words only, never back', () => {
    let before = 0;
    for (let ms = 0; ms <= 2_000; ms += 20) {
      const heard = heardOf(whole(spoken()), ms);
      expect(heard).toBeGreaterThanOrEqual(before);
      expect([' ', undefined]).toContain(
        heard === 0 ? ' ' : spoken().text[heard - 1] === ' ' ? ' ' : (spoken().text[heard] ?? undefined),
      );
      before = heard;
    }
  });

  test('without a voice it is read at once, when it is whole', () => {
    const silent = withWords(newAnswer('resp_1'), 'I do not know that.');
    expect(heardOf(silent, 0)).toBe(0);
    expect(heardOf(whole(silent), 0)).toBe(silent.text.length);
  });

  test('interrupted, the rest disappears, with its figures', () => {
    const figures = [
      { start: 11, end: 17, source: {}, asOfMs: 0, ageMs: 0, isStale: false },
      { start: 27, end: 33, source: {}, asOfMs: 0, ageMs: 0, isStale: false },
    ];
    const cut = cutShort({ ...spoken(), figures }, 1_100);
    expect(cut.text).toBe('ACME is at 652.84.');
    expect(cut.figures).toEqual(figures.slice(0, 1));
    expect(heardOf(cut, 0)).toBe(cut.text.length + 1);
  });
});

describe('an answer in stretches', () => {
  test('they are the text again, wherever figures stand and however much was heard', () => {
    const place = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place), { maxLength: 4 }), place, (places, heard) => {
        const figures = places.map(([a, b]) => ({
          start: Math.min(a, b),
          end: Math.max(a, b),
          source: {},
          asOfMs: 0,
          ageMs: 0,
          isStale: false,
        }));
        const answer = { ...spoken(), figures };
        const stretches = stretchesOf(answer, heard);
        expect(stretches.map(({ text }) => text).join('')).toBe(answer.text);
        const heardText = stretches.filter(({ isHeard }) => isHeard).map(({ text }) => text);
        expect(heardText.join('')).toBe(answer.text.slice(0, heard));
      }),
    );
  });

  test('a figure is a stretch of its own', () => {
    const figures = [{ start: 11, end: 17, source: {}, asOfMs: 0, ageMs: 0, isStale: false }];
    expect(stretchesOf({ ...spoken(), figures }, 18)).toEqual([
      { text: 'ACME is at ', figure: null, isHeard: true },
      { text: '652.84', figure: 0, isHeard: true },
      { text: '.', figure: null, isHeard: true },
      { text: ' VWAP is 650.91.', figure: null, isHeard: false },
    ]);
  });
});
