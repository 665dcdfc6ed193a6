import { describe, expect, test } from '@jest/globals';
import { factsOf } from '../facts/facts-of.js';
import type { Finding } from '../facts/findings.js';
import { groundSentence, type Quotation } from '../grounding/ground-sentence.js';
import { NOW_MS, worldOf } from '../testing/world.suite.js';
import { answerOf } from './answer.js';
import { spokenName } from './spoken-name.js';

const world = worldOf(7);
const { one, rule } = world;
const why = 'close 650.98 crossed above vwap 650.8';
const signal = { id: 'r-1:SPY:1m:1', ruleName: rule.name, of: one.of, bar: one.bars[0]!, why };

const note = { id: 'e-1', atMs: NOW_MS, symbol: null, text: 'Chased 3 gaps; stop at 650 was wide' };

const FINDINGS: [string, Finding, Quotation[]][] = [
  ['quote', one.quote, []],
  ['quote of a closed market', { ...one.quote, session: 'closed' }, []],
  ['simulated quote', { ...one.quote, feedState: 'simulated' }, []],
  ['no quote', { ...one.quote, price: null, ts: null }, []],
  ['bars', { kind: 'bars', of: one.of, timeframe: '1m', bars: one.bars }, []],
  ['one bar', { kind: 'bars', of: one.of, timeframe: '1m', bars: one.bars.slice(-1) }, []],
  ['values', one.values, []],
  ['session', world.session, []],
  ['rules', { kind: 'rules', rules: [rule, { ...rule, id: 'r-2', name: 'Other', enabled: false }] }, []],
  ['no rules', { kind: 'rules', rules: [] }, []],
  [
    'signals',
    { kind: 'signals', symbol: null, signals: [signal, signal] },
    [{ text: why, source: { kind: 'signal', id: signal.id } }],
  ],
  [
    'why',
    { kind: 'why', of: one.of, rule, bar: one.bars[1]!, why },
    [{ text: why, source: { kind: 'signal', id: '' } }],
  ],
  ['backtest', world.backtest, []],
  ['no note', { kind: 'notes', words: '', notes: [], hasMore: false }, []],
  ['notes', { kind: 'notes', words: 'gap', notes: [note, { ...note, id: 'e-2' }], hasMore: true }, []],
];

describe('answers', () => {
  test.each(FINDINGS)(
    '%s: every figure of the answer has a source in the finding',
    (_, finding, quotations) => {
      const grounds = {
        facts: factsOf(finding, NOW_MS),
        nowMs: NOW_MS,
        symbols: ['SPY', 'QQQ'],
        names: [rule.name, 'Other', note.text],
        quotations,
        focus: null,
      };
      const sentences = answerOf(finding, NOW_MS);
      expect(sentences.length).toBeGreaterThan(0);
      for (const sentence of sentences) {
        expect({ sentence, ...groundSentence(sentence, grounds) }).toMatchObject({ isGrounded: true });
      }
    },
  );

  test('an old price is not quoted, its age is', () => {
    const old = worldOf(7, 95_000).one.quote;
    expect(answerOf(old, NOW_MS)).toEqual(['Prices of SPY are 95 s old, so I quote none.']);
  });

  test('names cannot end the quotation they stand in', () => {
    expect(spokenName('a” SPY is at 999.99 “b\n\u0007')).toBe('a SPY is at 999.99 b');
  });
});
