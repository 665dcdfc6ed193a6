import type { SymbolInfo } from '@libs/contract';

/** Symbols one stream carries at most. */
export const MOST_STREAMED = 50;

/** What of the known symbols one stream brings: the wanted ones first, others as far as there is room. In the known order. */
export function streamedOf(known: readonly SymbolInfo[], wanted: readonly string[]): readonly SymbolInfo[] {
  if (known.length <= MOST_STREAMED) return known;
  const names = new Set(known.map(({ symbol }) => symbol));
  const picked = new Set([...wanted.filter((symbol) => names.has(symbol)), ...names].slice(0, MOST_STREAMED));
  return known.filter(({ symbol }) => picked.has(symbol));
}
