import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { liveMessageSchema, type LiveMessage } from './live-message.js';

const message: LiveMessage = {
  fence: 3,
  status: { state: 'live', source: 'coinbase', reason: 'trades arrive', ts: 1_000 },
  microbars: [
    {
      symbol: 'BTCUSD',
      timeframe: '1m',
      seq: 7,
      bar_start: 420_000,
      bar_end: 480_000,
      ohlcv: { o: 1, h: 2, l: 1, c: 2, v: 0.5 },
      ts: 421_000,
    },
  ],
  trades: [['BTCUSD', 421_000, 2, 0.5]],
  tape: [
    {
      symbol: 'BTCUSD',
      rows: [
        { ts: 420_900, price: 1, size: 1, n: 2 },
        { ts: 421_000, price: 2, size: 0.5, n: 1, volume_only: true },
      ],
      left_out: 4,
      quote: { ts: 421_000, bid: 1.9, bid_size: 3, ask: null, ask_size: null },
    },
  ],
  quotes: [{ symbol: 'BTCUSD', tsMs: 421_000, bid: 1.9, bidSize: 3, ask: null, askSize: null }],
};

const isTaken = (text: string): boolean => liveMessageSchema.safeParse(JSON.parse(text)).success;

describe('what the leader tells the other instances', () => {
  it('arrives as it was sent', () => {
    expect(liveMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
    const withGaps: LiveMessage = {
      ...message,
      status: {
        ...message.status,
        halted: [{ symbol: 'BTCUSD', since: 5 }],
        gaps: [{ symbol: 'BTCUSD', from: 1, to: 2, reason: 'cut off' }],
      },
    };
    expect(liveMessageSchema.parse(JSON.parse(JSON.stringify(withGaps)))).toEqual(withGaps);
  });

  it('is refused, not thrown at, when a part is missing or of another kind', () => {
    const parts = ['fence', 'status', 'microbars', 'trades', 'tape'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.jsonValue(), (part, value) => {
        const spoilt = { ...message, [part]: Array.isArray(value) && value.length === 0 ? null : value };
        const isStillRight = part === 'fence' && Number.isSafeInteger(value);
        expect(isTaken(JSON.stringify(spoilt))).toBe(isStillRight);
      }),
    );
    fc.assert(fc.property(fc.json(), (text) => !isTaken(text)));
  });
});
