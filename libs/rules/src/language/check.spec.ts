import { describe, expect, it } from '@jest/globals';
import type { Timeframe } from '@libs/bars';
import { compileRule } from '../engine/compile-rule.js';
import { ruleOf } from '../testing/made-bars.suite.js';
import { checkCondition } from './check.js';
import { RULE_LIMITS } from './limits.js';
import { placeInText, RuleTextError } from './rule-text-error.js';
import { signatureOf, VOCABULARY, type WordName } from './vocabulary.js';

/** The fault found in a condition, as `message @ faulty text`. */
function faultOf(text: string, timeframe: Timeframe = '1m'): string {
  try {
    compileRule(ruleOf(text, { timeframe }));
  } catch (thrown) {
    if (thrown instanceof RuleTextError)
      return `${thrown.message} @ ${text.slice(thrown.range.start, thrown.range.end)}`;
    throw thrown;
  }
  return 'taken';
}

describe('conditions that are taken', () => {
  it.each([
    ['close > open', 'close > open'],
    ['close>vwap()', 'close > vwap'],
    [
      'crossesAbove(close, ema(20)) && !(rsi(14) >= 70)',
      'crossesAbove(close, ema(20)) && (!(rsi(14) >= 70))',
    ],
    ['session in ["regular", "post"]', 'session in ["regular", "post"]'],
    ['"Mon" == weekday', '"Mon" == weekday'],
    ['close * 2 + 1 > 7 / 2', '((close * 2) + 1) > (7 / 2)'],
    ['sma(close, 20) > sma(volume, 20)', 'sma(20) > sma(volume, 20)'],
    ['on("1m", close > open)', 'close > open'],
    ['on("5m", ema(20)) > close', 'on("5m", ema(20)) > close'],
    ['(close > open ? high : low) > -5', '((close > open) ? high : low) > (-5)'],
    ['true', 'true'],
    ['ago(close > open, 3)', 'ago(close > open, 3)'],
    ['close > open // a comment', 'close > open'],
  ])('%s', (text, canonical) => {
    expect(checkCondition(text, '1m').text).toBe(canonical);
  });

  it('a chain of a hundred parts is no nesting', () => {
    const chain = Array.from({ length: 60 }, () => 'true').join(' && ');
    expect(faultOf(chain)).toBe('taken');
  });

  it('canonical text is taken again and stays as it is', () => {
    for (const text of [
      '!(a)',
      'close>open&&(low<high||true)',
      'abs(-close)%2==1',
      'min(close,open)>ago(high,2)',
    ]) {
      const source = text.replace('(a)', '(close > open)');
      const { text: canonical } = checkCondition(source, '1m');
      expect(checkCondition(canonical, '1m').text).toBe(canonical);
    }
  });
});

describe('faults point at their place', () => {
  it.each([
    ['', 'write a condition, for example: close > vwap() @ '],
    ['close >', 'the condition ends too early: something is missing here @ '],
    ['close > opn', '"opn" is not a word of the rule language; did you mean open? @ opn'],
    ['close > ema(20]', 'Expected ")", got "]" @ ]'],
    ['close > ema(20', 'the condition ends too early: something is missing here @ '],
    ['ema(20)', 'this yields a number; a rule needs a condition, for example: close > ema(20) @ ema(20)'],
    ['close && true', '"&&" needs a condition (true or false) here, this is a number @ close'],
    ['close > true', '">" needs a number here, this is a condition (true or false) @ true'],
    ['ema(0) > close', 'ema: bars is a whole number from 1 to 500, written out @ 0'],
    ['ema(501) > close', 'ema: bars is a whole number from 1 to 500, written out @ 501'],
    ['ema(2.5) > close', 'ema: bars is a whole number from 1 to 500, written out @ 2.5'],
    ['ema(close) > close', 'ema: bars is a whole number from 1 to 500, written out @ close'],
    ['ema() > close', 'write ema([value, ]bars); no argument is given @ ema()'],
    [
      'ema(ema(3), 3) > close',
      'ema averages values of the bar: open, high, low, close, volume, vw, trades and sums of them @ ema(3)',
    ],
    ['vwap(3) > close', 'write vwap; 1 argument is given @ vwap(3)'],
    [
      'session == "regulr"',
      '"regulr" is not among the values: one of "pre", "regular", "post", "closed", "open24" @ "regulr"',
    ],
    [
      'session == 1',
      'these cannot be compared: one of "pre", "regular", "post", "closed", "open24" is expected here, this is a number @ 1',
    ],
    [
      'session > "pre"',
      '">" needs a number here, this is one of "pre", "regular", "post", "closed", "open24" @ session',
    ],
    ['"pre" == "pre"', 'a text can only be compared with session or weekday, or set an argument @ "pre"'],
    ['close in 5', '"in" needs a list of values, for example: session in ["regular", "post"] @ 5'],
    ['macd(26, 12, 9) > 0', 'the fast period must be shorter than the slow one @ macd(26, 12, 9)'],
    [
      'timeBetween("11:00", "10:00")',
      'the first time must lie before the second; for two stretches use "||" @ timeBetween("11:00", "10:00")',
    ],
    ['timeBetween("24:00", "25:00")', 'timeBetween: from is a time of day such as "09:45" @ "24:00"'],
    [
      'anchoredVwap("2026-02-30T10:00Z") > 1',
      'anchoredVwap starts at a time of day such as "09:45", or at an instant in UTC such as "2026-11-20T14:30Z" @ "2026-02-30T10:00Z"',
    ],
    ['on("3m", true)', 'the timeframe is one of "1m", "2m", "5m", "15m", "30m", "1h", "4h", "1d" @ "3m"'],
    [
      'on("1h", vwap > close)',
      'vwap tells sessions apart, which bars of 1h cannot; use a timeframe up to 30m, or on("30m", ...) @ vwap',
    ],
    [
      'on("2m", true) && on("5m", true) && on("15m", true) && on("30m", true)',
      'a rule may read 3 other timeframes @ "30m"',
    ],
    [
      '(true ? close : true) > 1',
      'both results of "? :" must be alike: the first is a number, the second a condition (true or false) @ true',
    ],
    ['rvol(21) > 1', 'rvol: days is a whole number from 1 to 20, written out @ 21'],
    ['bollingerUpper(20, 0) > 1', 'bollingerUpper: deviations is a number above 0 up to 20, written out @ 0'],
    ['ago(session, 1) == "pre"', 'ago takes a number or a condition @ session'],
    ['close > 99999999999999999999', 'this number is too large @ 99999999999999999999'],
  ])('%s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('an opening range must be made of whole bars', () => {
    expect(faultOf('close > openingRangeHigh(10)', '15m')).toBe(
      '10 minutes cannot be told from bars of 15m @ 10',
    );
    expect(faultOf('close > openingRangeHigh(30)', '15m')).toBe('taken');
  });

  it('says line and column', () => {
    const text = 'close > open\n&& hgh > 3';
    expect(placeInText(text, text.indexOf('hgh'))).toEqual({ line: 2, column: 4, lineText: '&& hgh > 3' });
  });
});

describe('what CEL has and rules have not', () => {
  it.each([
    ['close.foo > 1', 'there are no members'],
    ['"a".matches("^(a+)+$")', 'there are no methods'],
    ['[1, 2].all(x, x > 0)', 'there are no methods'],
    ['close[0] > 1', 'nothing can be indexed'],
    ['{"a": 1} == {"a": 1}', 'maps are not part'],
    ['[1] == [1]', 'a list can stand only after "in"'],
    ['null == null', 'only numbers, texts, true and false'],
    ['b"x" == b"x"', 'only numbers, texts, true and false'],
    ['1u == 1u', 'only numbers, texts, true and false'],
    ['size("abc") > 1', '"size" is not a word'],
    ['matches("aaa", "a+")', '"matches" is not a word'],
    ['constructor > 1', '"constructor" is not a word'],
    ['__proto__ > 1', '__proto__'],
    ['toString() == "x"', '"toString" is not a word'],
    ['has(a.b)', 'there are no members|"has" is not a word'],
    ['hasOwnProperty("x")', '"hasOwnProperty" is not a word'],
    ['process > 1', '"process" is not a word'],
    ['close = 1', ''],
    ['import("fs")', ''],
    ['(() => 1)()', ''],
    ['`x` == "x"', ''],
  ])('%s', (text, message) => {
    expect(faultOf(text)).toMatch(new RegExp(message));
    expect(faultOf(text)).not.toBe('taken');
  });
});

describe('bounds', () => {
  it('2,048 bytes of text', () => {
    const padded = (bytes: number) => `true${' '.repeat(bytes - 4)}`;
    expect(faultOf(padded(RULE_LIMITS.textBytes))).toBe('taken');
    expect(faultOf(padded(RULE_LIMITS.textBytes + 1))).toContain('2048 bytes');
    expect(faultOf(`true // ${'é'.repeat(1_100)}`)).toContain('2048 bytes');
  });

  it('200 nodes', () => {
    const sum = (terms: number) => `${Array.from({ length: terms }, () => '1').join('+')}>1`;
    expect(faultOf(sum(99))).toBe('taken');
    expect(faultOf(sum(101))).toMatch(/200 parts|too long/);
  });

  it('32 levels', () => {
    const nested = (levels: number) => `${'!('.repeat(levels)}true${')'.repeat(levels)}`;
    expect(faultOf(nested(31))).toBe('taken');
    expect(faultOf(nested(33))).toMatch(/32 levels|too deeply nested/);
    expect(faultOf('('.repeat(1_000) + 'true' + ')'.repeat(1_000))).toMatch(/nested/);
  });

  it('16 items in a list', () => {
    const list = (items: number) =>
      `close in [${Array.from({ length: items }, (_, index) => index).join(',')}]`;
    expect(faultOf(list(16))).toBe('taken');
    expect(faultOf(list(17))).toMatch(/too long/);
  });

  it('40,000 bars of looking back', () => {
    expect(faultOf('macdSignal(499, 500, 500) > 0')).toBe('taken');
    expect(faultOf('highest(on("1m", ema(500)), 500) > 0', '1d')).toMatch(
      /looks back over \d+ bars of 1m, 40000 are allowed/,
    );
  });
});

describe('the vocabulary', () => {
  const example: Record<string, string> = {
    number: 'close',
    condition: 'close > open',
    any: 'close',
    source: 'close',
    period: '7',
    factor: '2',
    minutes: '15',
    days: '3',
    clock: '"10:00"',
    anchor: '"10:00"',
    timeframe: '"5m"',
  };

  it.each(Object.keys(VOCABULARY) as WordName[])('%s can be written as its signature says', (name) => {
    const { parameters, result } = VOCABULARY[name];
    const args = parameters.map(({ kind }) => example[kind]!);
    if (name.startsWith('macd')) args[1] = '9';
    if (name === 'timeBetween') args[1] = '"11:00"';
    const call = args.length === 0 ? name : `${name}(${args.join(', ')})`;
    const isCondition = result === 'condition';
    const text =
      typeof result === 'object' ? `${call} == "${result.oneOf[0]}"` : isCondition ? call : `${call} > 1`;
    expect(faultOf(text)).toBe('taken');
    expect(signatureOf(name).startsWith(name)).toBe(true);
  });
});
