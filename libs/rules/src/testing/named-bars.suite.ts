import type { Bar } from '@libs/bars';
import type { CompiledRule } from '../engine/compile-rule.js';
import { lookbackOf } from '../engine/rule-engine.js';

/** The bars that the rules' lookback names before the next bar, of every symbol. */
export function namedBars(rules: readonly CompiledRule[], bars: readonly Bar[]): Bar[] {
  const lookback = lookbackOf(rules);
  const kept = new Set<Bar>();
  for (const symbol of new Set(bars.map((bar) => bar.symbol))) {
    for (const [timeframe, reach] of lookback) {
      const series = bars.filter((bar) => bar.symbol === symbol && bar.timeframe === timeframe);
      const oldest = series.at(-reach.bars) ?? series[0];
      if (oldest === undefined) continue;
      const fromMs = Math.min(oldest.bar_start - reach.reachMs, reach.sinceMs);
      for (const bar of series) if (bar.bar_start >= fromMs) kept.add(bar);
    }
  }
  return bars.filter((bar) => kept.has(bar));
}
