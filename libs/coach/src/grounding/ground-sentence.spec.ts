import { describe, expect, test } from '@jest/globals';
import { truthful, untrue } from '../testing/sentences.suite.js';
import { NOW_MS, worldOf } from '../testing/world.suite.js';
import { groundSentence, type Grounds } from './ground-sentence.js';

const WORLDS = 15;
const worlds = Array.from({ length: WORLDS }, (_, seed) => worldOf(seed));

describe('what is true passes, what is not never does', () => {
  const spoken = worlds.flatMap((world) => truthful(world).map((sample) => ({ ...sample, world })));
  const false_ = worlds.slice(0, 8).flatMap((world, seed) => untrue(world, worldOf(seed + 100, 95_000)));

  test('there are 500 true and 200 untrue sentences, and more', () => {
    expect(spoken.length).toBeGreaterThanOrEqual(500);
    expect(false_.length).toBeGreaterThanOrEqual(200);
  });

  test('at most 2 % of the true ones are held back', () => {
    const held = spoken.flatMap(({ about, sentence, world }) => {
      const grounding = groundSentence(sentence, world.grounds);
      return grounding.isGrounded ? [] : [`${about}: ${sentence} (${grounding.fault.figure})`];
    });
    expect(held.length > spoken.length * 0.02 ? held : []).toEqual([]);
  });

  test('none of the untrue ones passes', () => {
    const passed = false_.filter(({ sentence, world }) => groundSentence(sentence, world.grounds).isGrounded);
    expect(passed.map(({ about, sentence }) => `${about}: ${sentence}`)).toEqual([]);
  });
});

describe('age', () => {
  const old = worldOf(3, 95_000);
  const price = old.one.quote.price.toFixed(2);

  test('an old price is held back as stale', () => {
    expect(groundSentence(`SPY is at ${price}.`, old.grounds)).toEqual({
      isGrounded: false,
      fault: { figure: price, reason: 'stale' },
    });
  });

  test('told with its age it passes, and is marked', () => {
    const grounded = groundSentence(`SPY was at ${price} 95 seconds ago.`, old.grounds);
    expect(grounded).toMatchObject({ isGrounded: true, figures: [{ text: price, isStale: true }, {}] });
  });

  test('told with another age it does not', () => {
    expect(groundSentence(`SPY was at ${price} 20 seconds ago.`, old.grounds)).toMatchObject({
      isGrounded: false,
    });
  });
});

describe('what a figure rests on', () => {
  const world = worldOf(1);

  test('each figure names its place and the bar or trade behind it', () => {
    const text = `SPY is at ${world.one.quote.price.toFixed(2)}.`;
    const grounding = groundSentence(text, world.grounds);
    if (!grounding.isGrounded) throw new Error('held back');
    const [figure] = grounding.figures;
    expect(text.slice(figure!.start, figure!.end)).toBe(world.one.quote.price.toFixed(2));
    expect(figure!.fact.source).toEqual({ kind: 'quote', symbol: 'SPY', ts: NOW_MS - 2_000 });
  });

  test("an engine's own words are their own source, word for word only", () => {
    const why = 'close 650.98 is above vwap 650.8';
    const source = { kind: 'signal', id: 'r-1:SPY:1m:1' } as const;
    const grounds: Grounds = { ...world.grounds, facts: [], quotations: [{ text: why, source }] };
    expect(groundSentence(`It signalled: ${why}.`, grounds).isGrounded).toBe(true);
    expect(groundSentence('It signalled: close 650.99 is above vwap 650.8.', grounds).isGrounded).toBe(false);
  });

  test('nothing is known without facts', () => {
    expect(groundSentence('SPY is at 652.84.', { ...world.grounds, facts: [] })).toMatchObject({
      isGrounded: false,
      fault: { figure: '652.84', reason: 'no source' },
    });
  });
});
