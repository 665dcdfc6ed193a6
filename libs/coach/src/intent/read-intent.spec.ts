import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Intent, KnownSymbol } from './intent.js';
import { readIntent } from './read-intent.js';

const KNOWN: KnownSymbol[] = [
  { symbol: 'SPY', name: 'SPDR S&P 500 ETF Trust' },
  { symbol: 'AAPL', name: 'Apple Inc' },
  { symbol: 'BTC-USD', name: 'Bitcoin / US Dollar' },
];

describe('what a trader says', () => {
  test.each<[string, Intent]>([
    ['What is SPY at?', { kind: 'quote', symbol: 'SPY' }],
    ["how's apple doing", { kind: 'quote', symbol: 'AAPL' }],
    ['price of bitcoin', { kind: 'quote', symbol: 'BTC-USD' }],
    ['S P Y', { kind: 'quote', symbol: 'SPY' }],
    ['what is the price', { kind: 'quote', symbol: null }],
    ['show me the last 3 bars of SPY', { kind: 'bars', symbol: 'SPY', timeframe: null, count: 3 }],
    ['last three 5-minute bars of SPY', { kind: 'bars', symbol: 'SPY', timeframe: '5m', count: 3 }],
    ['where is VWAP on SPY', { kind: 'values', symbol: 'SPY', timeframe: null, of: ['vwap'] }],
    [
      'SPY 9 ema and rsi on the 5 minute',
      { kind: 'values', symbol: 'SPY', timeframe: '5m', of: ['ema(9)', 'rsi(14)'] },
    ],
    ['yesterday high of apple', { kind: 'values', symbol: 'AAPL', timeframe: null, of: ['priorHigh'] }],
    ['key levels', { kind: 'values', symbol: null, timeframe: null, of: [] }],
    ['when does the market close', { kind: 'session', symbol: null }],
    ['is the market open?', { kind: 'session', symbol: null }],
    ['which rules do I have', { kind: 'rules' }],
    ['any signals on SPY', { kind: 'signals', symbol: 'SPY' }],
    ['why did it not fire at 10:13?', { kind: 'why', symbol: null, atMinute: 613, rule: null }],
    ['how has the rule "VWAP reclaim" done', { kind: 'backtest', rule: 'VWAP reclaim' }],
    [
      'tell me when SPY crosses above 653.50',
      { kind: 'createAlert', symbol: 'SPY', side: 'above', level: 653.5 },
    ],
    [
      'alert me if apple falls below VWAP',
      { kind: 'createAlert', symbol: 'AAPL', side: 'below', level: 'vwap' },
    ],
    ['show QQQ or rather AAPL 5m', { kind: 'switchChart', symbol: 'AAPL', timeframe: '5m' }],
    ['my notes', { kind: 'notes', words: '' }],
    ['what did I write in my journal about gap fills?', { kind: 'notes', words: 'gap fills' }],
    ['notes on signals', { kind: 'notes', words: 'signals' }],
    [
      'note that I chased SPY, alert me when it falls below 1',
      { kind: 'addNote', symbol: 'SPY', text: 'I chased SPY, alert me when it falls below 1' },
    ],
    ['please add a note: yes', { kind: 'addNote', symbol: null, text: 'yes' }],
    ['switch to the 15 minute chart', { kind: 'switchChart', symbol: null, timeframe: '15m' }],
    [
      'replay SPY from 10:15 yesterday at 10x',
      { kind: 'startReplay', symbol: 'SPY', day: 'yesterday', atMinute: 615, speed: 10 },
    ],
    ['play the open again', { kind: 'startReplay', symbol: null, day: null, atMinute: null, speed: null }],
    [
      'replay Monday from 2 pm',
      { kind: 'startReplay', symbol: null, day: 'monday', atMinute: 840, speed: null },
    ],
    [
      'start a replay of apple on 2026-06-01 at 12:30 pm',
      { kind: 'startReplay', symbol: 'AAPL', day: '2026-06-01', atMinute: 750, speed: null },
    ],
    ['what did I note about the replay', { kind: 'notes', words: 'the replay' }],
    ['yes', { kind: 'yes' }],
    ['no, ', { kind: 'unknown' }],
    ['never mind', { kind: 'no' }],
    ['Quiet!', { kind: 'stop' }],
    ['what can you do?', { kind: 'help' }],
    ['tell me a joke about cats', { kind: 'unknown' }],
  ])('%s', (text, intent) => {
    expect(readIntent(text, KNOWN)).toEqual(intent);
  });

  test('whatever is typed, an intent of the grammar comes of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(readIntent(text, KNOWN)).toHaveProperty('kind');
      }),
    );
  });
});
