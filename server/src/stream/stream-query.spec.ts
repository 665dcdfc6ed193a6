import { describe, expect, it } from '@jest/globals';
import { streamQuerySchema, timeframesIn } from './stream-query.js';

const fifty = Array.from({ length: 50 }, (_, index) => `S${index}`);

describe('the query of a stream', () => {
  it.each<[string, string[]]>([
    ['SPY', ['SPY']],
    ['spy,Qqq', ['SPY', 'QQQ']],
    [' SPY , QQQ ', ['SPY', 'QQQ']],
    ['SPY,spy,SPY', ['SPY']],
    ['BRK.B,BTC-USD', ['BRK.B', 'BTC-USD']],
    [fifty.join(','), fifty],
  ])('symbols=%s', (symbols, expected) => {
    const query = streamQuerySchema.parse({ symbols });
    expect([...query.symbols]).toEqual(expected);
    expect(query.timeframe).toBe('1m');
  });

  it('takes symbols for the tape in any case, and none where none are named', () => {
    const { tape } = streamQuerySchema.parse({ symbols: 'SPY,QQQ', tape: 'spy, SPY' });
    expect([...(tape ?? [])]).toEqual(['SPY']);
    expect(streamQuerySchema.parse({ symbols: 'SPY' }).tape).toBeUndefined();
  });

  it('takes several timeframes, each once', () => {
    const { timeframe } = streamQuerySchema.parse({ symbols: 'SPY', timeframe: '5m, 1m,5m' });
    expect([...(timeframesIn(timeframe) ?? [])]).toEqual(['5m', '1m']);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no symbols', {}, /symbols is required/],
    ['symbols twice', { symbols: ['SPY', 'QQQ'] }, /symbols is required/],
    ['empty symbols', { symbols: '' }, /symbols must be names/],
    ['a hole in the list', { symbols: 'SPY,,QQQ' }, /symbols must be names/],
    ['a comma at the end', { symbols: 'SPY,' }, /symbols must be names/],
    ['NUL', { symbols: 'SPY\u0000' }, /symbols must be names/],
    ['a broken escape', { symbols: 'S\uFFFDY' }, /symbols must be names/],
    ['a digit first', { symbols: '1SPY' }, /symbols must be names/],
    ['sixteen letters', { symbols: 'ABCDEFGHIJKLMNOP' }, /symbols must be names/],
    ['a line end', { symbols: 'SPY\n' + 'QQQ' }, /symbols must be names/],
    ['fifty-one', { symbols: [...fifty, 'SPY'].join(',') }, /at most 50/],
    ['over-long', { symbols: 'SPY,'.repeat(400) }, /too long/],
    ['a tape with a hole', { symbols: 'SPY', tape: 'SPY,,' }, /tape must be names/],
    ['a tape twice', { symbols: 'SPY', tape: ['SPY', 'SPY'] }, /tape/],
    ['a timeframe nobody has', { symbols: 'SPY', timeframe: '3m' }, /1m/],
    ['a timeframe in capitals', { symbols: 'SPY', timeframe: '1M' }, /1m/],
    ['a timeframe of every object', { symbols: 'SPY', timeframe: 'constructor' }, /1m/],
    ['timeframe twice', { symbols: 'SPY', timeframe: ['1m', '5m'] }, /1m/],
    ['a signed seq', { symbols: 'SPY', sinceSeq: '-1' }, /sinceSeq must be a whole number/],
    ['a seq with an exponent', { symbols: 'SPY', sinceSeq: '1e3' }, /sinceSeq must be a whole number/],
    ['a seq with a fraction', { symbols: 'SPY', sinceSeq: '1.5' }, /sinceSeq must be a whole number/],
    ['an empty seq', { symbols: 'SPY', sinceSeq: '' }, /sinceSeq must be a whole number/],
    [
      'a seq beyond exact numbers',
      { symbols: 'SPY', sinceSeq: '9'.repeat(16) },
      /sinceSeq must be a whole number/,
    ],
    ['two seqs', { symbols: 'SPY', sinceSeq: ['1', '2'] }, /expected string/],
    ['an over-long cursor', { symbols: 'SPY', lastEventId: 'e'.repeat(101) }, /lastEventId is too long/],
    ['two cursors', { symbols: 'SPY', lastEventId: ['a', 'b'] }, /expected string/],
  ])('refuses %s', (_case, query, message) => {
    const result = streamQuerySchema.safeParse(query);
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.message).join('; ')).toMatch(message);
  });
});
