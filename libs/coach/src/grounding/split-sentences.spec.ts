import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sentencesOf, SentenceSplitter } from './split-sentences.js';

const TEXT =
  'SPY is at 652.84, up 0.33%. VWAP is 650.80 vs. the open. “Really?” Yes! It closes at 4:00 p.m. today.';

describe('sentences', () => {
  test('points inside figures and abbreviations end none', () => {
    expect(sentencesOf(TEXT)).toEqual([
      'SPY is at 652.84, up 0.33%.',
      'VWAP is 650.80 vs. the open.',
      '“Really?”',
      'Yes!',
      'It closes at 4:00 p.m. today.',
    ]);
  });

  test('however the text is cut, nothing is lost and no sentence comes apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 80, maxLength: 80 }), (lengths) => {
        const splitter = new SentenceSplitter();
        const sentences: string[] = [];
        let at = 0;
        for (const length of lengths) {
          sentences.push(...splitter.push(TEXT.slice(at, at + length)));
          at += length;
        }
        sentences.push(splitter.flush() + TEXT.slice(at));
        expect(sentences.join('')).toBe(TEXT);
        expect(sentences.map((sentence) => sentence.trim()).filter(Boolean)).toEqual(sentencesOf(TEXT));
      }),
    );
  });

  test('what never ends is cut between words, never inside a figure', () => {
    const splitter = new SentenceSplitter();
    const endless = 'and 652.84 '.repeat(80);
    const [first] = splitter.push(endless);
    expect(first!.length).toBeLessThanOrEqual(601);
    expect(first!.endsWith(' ')).toBe(true);
    expect(first! + splitter.flush()).toBe(endless);
  });
});
