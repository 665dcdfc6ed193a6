import { describe, expect, it } from '@jest/globals';
import { digestQuerySchema, historyQuerySchema, quoteQuerySchema } from './history-query.js';

const faultsOf = (result: {
  error?: { issues: readonly { path: PropertyKey[]; message: string }[] } | undefined;
}) => result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the query of GET /api/history', () => {
  it('has the defaults of the contract', () => {
    expect(historyQuerySchema.parse({ symbol: 'spy' })).toEqual({
      symbol: 'SPY',
      timeframe: '1m',
      limit: 300,
    });
  });

  it.each([
    [{ limit: '1' }, { limit: 1 }],
    [{ limit: '5000' }, { limit: 5_000 }],
    [{ limit: '0002' }, { limit: 2 }],
    [{ sinceSeq: '0' }, { sinceSeq: 0 }],
    [{ before: '9007199254740991' }, { before: Number.MAX_SAFE_INTEGER }],
    [{ timeframe: '1d' }, { timeframe: '1d' }],
  ])('takes %j', (given, expected) => {
    expect(historyQuerySchema.parse({ symbol: 'SPY', ...given })).toMatchObject(expected);
  });

  const badNumbers = [
    '',
    ' ',
    '-1',
    '+1',
    '1e3',
    '1E3',
    '0x10',
    '1.0',
    '1,000',
    ' 5',
    '5 ',
    '5\n',
    '٣',
    'NaN',
    'Infinity',
    'null',
    '5\u0000',
    '5\uFFFD',
    '9'.repeat(17),
    '1'.repeat(5_000),
  ];
  it.each(badNumbers.map((text) => [JSON.stringify(text).slice(0, 30), text]))(
    'refuses the number %s',
    (_name, text) => {
      for (const name of ['limit', 'sinceSeq', 'before']) {
        const faults = faultsOf(historyQuerySchema.safeParse({ symbol: 'SPY', [name]: text }));
        expect(faults).toEqual([`${name}: ${name} must be a whole number`]);
      }
    },
  );

  it.each([
    ['limit', '0', 'limit must be between 1 and 5000'],
    ['limit', '5001', 'limit must be between 1 and 5000'],
    ['limit', '9999999999999999', 'limit must be between 1 and 5000'],
    ['sinceSeq', '9007199254740992', 'sinceSeq must be between 0 and 9007199254740991'],
  ])('refuses %s=%s instead of bending it into range', (name, text, message) => {
    expect(faultsOf(historyQuerySchema.safeParse({ symbol: 'SPY', [name]: text }))).toEqual([
      `${name}: ${message}`,
    ]);
  });

  it.each([['limit'], ['sinceSeq'], ['before'], ['timeframe'], ['symbol']])(
    'refuses %s given twice',
    (name) => {
      const result = historyQuerySchema.safeParse({ symbol: 'SPY', [name]: ['1', '1'] });
      expect(faultsOf(result)).toEqual([expect.stringMatching(new RegExp(`^${name}: `))]);
    },
  );

  it.each([
    ['none', undefined, 'symbol is required'],
    ['empty', '', 'symbol must be a letter'],
    ['NUL', 'SPY\u0000', 'symbol must be a letter'],
    ['a broken escape', 'S\uFFFDY', 'symbol must be a letter'],
    ['blanks', ' SPY', 'symbol must be a letter'],
    ['a list', 'SPY,QQQ', 'symbol must be a letter'],
    ['a path', '../SPY', 'symbol must be a letter'],
    ['quotes', "SPY'--", 'symbol must be a letter'],
    ['sixteen letters', 'ABCDEFGHIJKLMNOP', 'symbol must be a letter'],
    ['a thousand letters', 'A'.repeat(1_000), 'symbol is too long'],
    ['a name of every object', '__proto__', 'symbol must be a letter'],
  ])('refuses the symbol: %s', (_case, symbol, message) => {
    for (const schema of [historyQuerySchema, quoteQuerySchema]) {
      expect(faultsOf(schema.safeParse(symbol === undefined ? {} : { symbol }))?.[0]).toContain(
        `symbol: ${message}`,
      );
    }
  });

  it('tells every fault at once, each with its field', () => {
    const result = historyQuerySchema.safeParse({ symbol: '1', timeframe: '7m', limit: 'x' });
    expect(faultsOf(result)?.map((fault) => fault.split(':')[0])).toEqual(['symbol', 'timeframe', 'limit']);
  });
});

describe('the query of GET /api/history/digest', () => {
  it('needs both ends', () => {
    expect(digestQuerySchema.parse({ symbol: 'SPY', from: '1', to: '2' })).toEqual({
      symbol: 'SPY',
      timeframe: '1m',
      from: 1,
      to: 2,
    });
    expect(
      faultsOf(digestQuerySchema.safeParse({ symbol: 'SPY' }))?.map((fault) => fault.split(':')[0]),
    ).toEqual(['from', 'to']);
  });
});
