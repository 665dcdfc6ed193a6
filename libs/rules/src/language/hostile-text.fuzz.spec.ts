import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRule } from '../engine/compile-rule.js';
import { ruleOf } from '../testing/made-bars.suite.js';
import { anyCondition } from '../testing/rule-grammar.suite.js';
import { RULE_LIMITS } from './limits.js';
import { RuleTextError } from './rule-text-error.js';
import { VOCABULARY } from './vocabulary.js';

/** Takes a text or refuses it with a place in it; anything else is a fault of ours. */
function isTaken(text: string): boolean {
  try {
    compileRule(ruleOf(text));
    return true;
  } catch (thrown) {
    if (!(thrown instanceof RuleTextError)) throw thrown;
    expect(thrown.message.length).toBeGreaterThan(5);
    expect(thrown.range.start).toBeGreaterThanOrEqual(0);
    expect(thrown.range.end).toBeLessThanOrEqual(text.length);
    expect(thrown.range.start).toBeLessThanOrEqual(thrown.range.end);
    return false;
  }
}

const piece = fc.oneof(
  fc.constantFrom(...Object.keys(VOCABULARY)),
  fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '.',
    '?',
    ':',
    '!',
    '-',
    '+',
    '*',
    '/',
    '%',
    '&&',
    '||',
    '==',
    '!=',
    '<',
    '>=',
    'in',
  ),
  fc.constantFrom(
    '1',
    '20',
    '0.5',
    '1e300',
    '"pre"',
    "'x'",
    '"\\u0000"',
    'r"x"',
    'true',
    'null',
    'b"a"',
    '1u',
    '0x1F',
    '//',
    '\n',
    '\u2028',
    '\0',
    '😀',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'matches',
    'map',
    'all',
    'has',
    'size',
    'dyn',
    'type',
    'timestamp',
    'this',
    'eval',
    'function',
  ),
);

describe('whatever is written', () => {
  it('is taken or refused with a place, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 80 }),
          fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' ')),
          fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          isTaken(text);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('what the grammar yields is taken', () => {
    fc.assert(
      fc.property(anyCondition, (text) => expect(isTaken(text)).toBe(true)),
      { numRuns: 500 },
    );
  });

  it('mutations of good conditions do no harm', () => {
    fc.assert(
      fc.property(anyCondition, fc.nat(), fc.nat(), piece, (text, from, length, insertion) => {
        const start = from % (text.length + 1);
        isTaken(text.slice(0, start) + insertion + text.slice(start + (length % 5)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a regular expression that backtracks', '"aaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("^(a+)+$")'],
    ['nesting', `${'('.repeat(1_000)}true${')'.repeat(1_000)}`],
    ['negations', `${'!'.repeat(2_000)}true`],
    ['minus signs', `${'-'.repeat(2_000)}1 > 0`],
    ['a long list', `close in [${'1,'.repeat(900)}1]`],
    ['nested lists', `close in ${'['.repeat(900)}1${']'.repeat(900)}`],
    ['choices', `${'true ? '.repeat(250)}true${' : true'.repeat(250)}`],
    ['calls', `${'abs('.repeat(400)}1${')'.repeat(400)} > 0`],
    ['members', `close${'.a'.repeat(900)} > 1`],
    ['nested macros', '[1,2].map(a, [1,2].map(b, [1,2].map(c, [1,2].map(d, a+b+c+d)))).size() > 0'],
    ['a long text', `"${'x'.repeat(RULE_LIMITS.textBytes)}" == session`],
    ['a long number', `close > ${'9'.repeat(1_500)}`],
    ['prototype access', 'close.__proto__.constructor("x")() == 1'],
    ['an assignment', 'close = 5'],
    ['lone surrogates', '"\ud800" == session'],
  ])('%s is refused', (_, text) => {
    expect(isTaken(text)).toBe(false);
  });
});
