import { timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import { compileLine, RuleTextError, type Line } from '@libs/rules';
import type { ChartLine } from '../../../ui/price-chart/chart-line';
import { kindOf, titleOf, type ChosenIndicator } from './indicator-kinds';

/** Bars read back for an indicator at most: as many as one answer of the server holds. */
const MOST_BACK = 5_000;

/** What an indicator is computed from. */
export interface LineInput {
  readonly chosen: readonly ChosenIndicator[];
  /** The chart's bars with older ones before them, ascending. */
  readonly bars: readonly Bar[];
  readonly timeframe: Timeframe;
  readonly calendar: 'XNYS' | '24x7';
  readonly decimals: number;
}

/** The lines of the chosen indicators, computed by the library that judges rules. */
export function indicatorLines({ chosen, bars, timeframe, calendar, decimals }: LineInput): ChartLine[] {
  let colour = 0;
  return chosen.flatMap((indicator, place) => {
    const kind = kindOf(indicator);
    if (kind === undefined) return [];
    return kind.lines(indicator.values).flatMap(({ label, text }): ChartLine[] => {
      const line = lineOf(text, timeframe);
      if (line === null) return [];
      const points = line.points(bars, calendar);
      return [
        {
          id: `${place} ${text}`,
          label,
          pane: kind.isPane ? `${place} ${titleOf(indicator, kind)}` : null,
          colour: colour++,
          decimals: kind.isPane ? 2 : decimals,
          points,
          unknown: unknownWords(line, bars.length, timeframe),
        },
      ];
    });
  });
}

/** How many bars before the chart's own the chosen indicators need. */
export function barsBack(chosen: readonly ChosenIndicator[], timeframe: Timeframe): number {
  const needs = chosen.flatMap((indicator) =>
    (kindOf(indicator)?.lines(indicator.values) ?? []).map(({ text }) => {
      const reach = lineOf(text, timeframe)?.lookback.get(timeframe);
      return reach === undefined ? 0 : reach.bars + Math.ceil(reach.reachMs / timeframeMs(timeframe));
    }),
  );
  return Math.min(MOST_BACK, Math.max(0, ...needs));
}

/** `null` for what bars of this length cannot tell, such as sessions on days. */
function lineOf(text: string, timeframe: Timeframe): Line | null {
  try {
    return compileLine(text, timeframe);
  } catch (error) {
    if (error instanceof RuleTextError) return null;
    throw error;
  }
}

function unknownWords({ lookback }: Line, count: number, timeframe: Timeframe): string {
  const missing = (lookback.get(timeframe)?.bars ?? 0) - count;
  if (missing <= 0) return 'not known here';
  return `needs ${missing} more ${missing === 1 ? 'bar' : 'bars'}`;
}
