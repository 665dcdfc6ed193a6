import { timeframeMs, type Bar, type Seq, type Timeframe } from '@libs/bars';
import {
  explainBar,
  inLogOrder,
  RuleEngine,
  type BarExplanation,
  type CompiledRule,
  type ExplainedPart,
  type Signal,
} from '@libs/rules';
import type { HistoryClient } from '../../data-access/history-client';

/** Bars the preview shows. */
export const SHOWN_BARS = 300;
/** Bars of one timeframe that are read for it at most: as many as one answer holds. */
const MOST_READ = 5_000;

/** Bars a preview is computed from. */
export interface PreviewBars {
  readonly symbol: string;
  readonly calendar: 'XNYS' | '24x7';
  readonly timeframe: Timeframe;
  /** Of the rule's own timeframe, ascending; the last ones are shown. */
  readonly shown: readonly Bar[];
  /** Of every timeframe the condition reads. */
  readonly all: readonly Bar[];
}

/** What decides which bars are read: a draft that changes nothing of it needs no new ones. */
export function bareNeed({ rule, lookback }: CompiledRule, symbol: string): string {
  return JSON.stringify([
    symbol,
    rule.timeframe,
    [...lookback].map(([one, reach]) => [one, limitOf(one, reach, rule.timeframe)]),
  ]);
}

/** Reads what a condition needs to be judged over the newest bars of a symbol. */
export async function readPreviewBars(
  history: Pick<HistoryClient, 'bars'>,
  { rule, lookback }: CompiledRule,
  symbol: string,
  calendar: 'XNYS' | '24x7',
): Promise<PreviewBars> {
  const { timeframe } = rule;
  const read = await Promise.all(
    [...lookback].map(([one, reach]) =>
      history.bars({ symbol, timeframe: one, limit: limitOf(one, reach, timeframe) }),
    ),
  );
  const all = read.flat();
  const own = all.filter((bar) => bar.timeframe === timeframe);
  return { symbol, calendar, timeframe, shown: own.slice(-SHOWN_BARS), all };
}

/** The signals a rule would have given over the bars shown, with the code that runs live. */
export function previewSignals(compiled: CompiledRule, bars: PreviewBars): readonly Signal[] {
  const first = bars.shown[0];
  if (first === undefined) return [];
  const symbols = new Map([[bars.symbol, bars.calendar]]);
  const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: first.bar_start }], symbols });
  return inLogOrder(bars.all, symbols).flatMap((bar) => engine.push(bar).signals);
}

/** Why a rule did or did not signal at a bar; `undefined` for one that is not there. */
export function explainAt(compiled: CompiledRule, bars: PreviewBars, seq: Seq): BarExplanation | undefined {
  return explainBar({ compiled, symbol: bars.symbol, seq, bars: bars.all, calendar: bars.calendar });
}

/** The conditions a condition is made of that are made of nothing else, in their order. */
export function leavesOf(part: ExplainedPart): readonly ExplainedPart[] {
  return part.parts.length === 0 ? [part] : part.parts.flatMap(leavesOf);
}

function limitOf(
  timeframe: Timeframe,
  reach: { readonly bars: number; readonly reachMs: number },
  own: Timeframe,
): number {
  const shown = Math.ceil((SHOWN_BARS * timeframeMs(own)) / timeframeMs(timeframe));
  const back = Math.ceil(reach.reachMs / timeframeMs(timeframe));
  return Math.min(MOST_READ, Math.max(SHOWN_BARS, reach.bars + back + shown));
}
