import { describe, expect, it } from '@jest/globals';
import type { SymbolInfo } from '@libs/contract';
import { MOST_STREAMED, streamedOf } from './streamed-symbols';

const info = (symbol: string): SymbolInfo => ({
  symbol,
  name: symbol,
  asset_class: 'us_equity',
  calendar: 'XNYS',
  price_decimals: 2,
});

describe('what one stream carries', () => {
  it('is everything where there is room', () => {
    const known = ['A', 'B'].map(info);
    expect(streamedOf(known, ['B', 'X'])).toBe(known);
  });

  it('begins with what is wanted, in the known order, and never more than a stream takes', () => {
    const known = Array.from({ length: 80 }, (_, index) => info(`S${index}`));
    const streamed = streamedOf(known, ['S79', 'NOT-THERE', 'S60']).map(({ symbol }) => symbol);
    expect(streamed).toHaveLength(MOST_STREAMED);
    expect(streamed.slice(-2)).toEqual(['S60', 'S79']);
    expect(streamed[0]).toBe('S0');
  });
});
