import { describe, expect, it } from '@jest/globals';
import { BASE_TIMEFRAME, isTimeframe, TIMEFRAMES, timeframeMs } from './timeframe.js';

describe('timeframes', () => {
  it('are those of the contract, finest first, each a whole multiple of the one that is built from trades', () => {
    expect(TIMEFRAMES).toEqual(['1m', '2m', '5m', '15m', '30m', '1h', '4h', '1d']);
    expect(TIMEFRAMES[0]).toBe(BASE_TIMEFRAME);
    const lengths = TIMEFRAMES.map(timeframeMs);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    for (const lengthMs of lengths) expect(lengthMs % timeframeMs(BASE_TIMEFRAME)).toBe(0);
  });

  it('have the length that their name says', () => {
    const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
    for (const timeframe of TIMEFRAMES) {
      expect(timeframeMs(timeframe)).toBe(
        Number.parseInt(timeframe, 10) * (unitMs[timeframe.at(-1) ?? ''] ?? NaN),
      );
    }
  });

  it('are told from any other text', () => {
    for (const timeframe of TIMEFRAMES) expect(isTimeframe(timeframe)).toBe(true);
    for (const text of ['', '1M', ' 1m', '1m ', '3m', '60', '1w', 'constructor', 'toString', '__proto__']) {
      expect(isTimeframe(text)).toBe(false);
    }
  });
});
