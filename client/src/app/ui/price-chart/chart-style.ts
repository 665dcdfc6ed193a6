import type { DeskSettings } from '@libs/contract';

/** How bars are drawn. */
export type ChartStyle = DeskSettings['chartStyle'];

/** Every style by its name, as it is offered. */
export const CHART_STYLE_NAMES: Readonly<Record<ChartStyle, string>> = {
  candles: 'Candles',
  bars: 'Bars',
  line: 'Line',
  area: 'Area',
  'heikin-ashi': 'Heikin-Ashi',
};

export const CHART_STYLES = Object.keys(CHART_STYLE_NAMES) as readonly ChartStyle[];
