import type { Bar, EpochMs } from '@libs/bars';
import { formatPrice, formatTime } from '../../text/format';
import type { SeenSignal, TradeSeen } from './journal-answers';
import { JOURNAL_ZONE } from './journal-words';

/** What is left free around the plot, in pixels: price axis, time axis, room for tags. */
export const MARGINS = { axis: 64, foot: 24, top: 36 } as const;
const VOLUME_SHARE = 0.12;
/** Tags stand this far from their price. */
const TAG_ROOM = 26;
const GRID_LINES = 5;
const HOUR_MS = 3_600_000;
/** Half the width of a time on the axis. */
const LABEL_HALF = 16;

/** A candle in plot units; a rising one is drawn hollow. */
export interface Candle {
  readonly x: number;
  readonly high: number;
  readonly low: number;
  readonly top: number;
  readonly height: number;
  readonly isUp: boolean;
  readonly volumeTop: number;
}

/** An execution at its exact price and time, with the tag that names its side. */
export interface FillMark {
  readonly x: number;
  readonly y: number;
  readonly tagY: number;
  readonly side: 'B' | 'S';
  readonly tradeId: string;
}

/** Size of the picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Everything of a day that is drawn. */
export interface DayPicture {
  readonly candles: readonly Candle[];
  readonly candleWidth: number;
  readonly vwap: string;
  readonly fills: readonly FillMark[];
  readonly trips: readonly { readonly id: string; readonly path: string; readonly isLost: boolean }[];
  readonly signals: readonly { readonly x: number; readonly y: number; readonly words: string }[];
  readonly prices: readonly { readonly y: number; readonly text: string }[];
  readonly times: readonly { readonly x: number; readonly text: string }[];
}

/** Where bars, fills and signals of one symbol stand. `null` without bars. */
export function dayPicture(
  bars: readonly Bar[],
  trades: readonly TradeSeen[],
  signals: readonly SeenSignal[],
  size: PictureSize,
): DayPicture | null {
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) return null;
  const legs = trades.flatMap((trade) => trade.legs.map(({ price }) => Number(price)));
  const low = Math.min(...bars.map(({ ohlcv }) => ohlcv.l), ...legs);
  const high = Math.max(...bars.map(({ ohlcv }) => ohlcv.h), ...legs);
  const pad = (high - low || 1) * 0.06;
  const bottom = size.height - MARGINS.foot;
  const plotHeight = bottom - MARGINS.top;
  const floor = bottom - plotHeight * VOLUME_SHARE;
  const y = (price: number): number =>
    floor - TAG_ROOM / 2 - ((price - low + pad) / (high - low + 2 * pad)) * (floor - MARGINS.top - TAG_ROOM);
  const [fromMs, toMs] = [first.bar_start, last.bar_end];
  const width = size.width - MARGINS.axis;
  const x = (atMs: EpochMs): number =>
    Math.min(width, Math.max(0, ((atMs - fromMs) / Math.max(1, toMs - fromMs)) * width));
  const slot = (width * (first.bar_end - first.bar_start)) / Math.max(1, toMs - fromMs);
  const mostVolume = Math.max(...bars.map(({ ohlcv }) => ohlcv.v), 1);
  return {
    candleWidth: Math.max(1, slot * 0.62),
    candles: bars.map(({ bar_start, bar_end, ohlcv: { o, h, l, c, v } }) => ({
      x: x((bar_start + bar_end) / 2),
      high: y(h),
      low: y(l),
      top: y(Math.max(o, c)),
      height: Math.max(1, Math.abs(y(o) - y(c))),
      isUp: c >= o,
      volumeTop: bottom - (v / mostVolume) * plotHeight * VOLUME_SHARE,
    })),
    vwap: vwapPath(bars, x, y),
    fills: trades.flatMap((trade) => marksOf(trade, x, y)),
    trips: trades.map((trade) => tripOf(trade, x, y)),
    signals: signals
      .filter(({ barStartMs }) => barStartMs >= fromMs && barStartMs < toMs)
      .map(({ barStartMs, ruleName, ruleVersion }) => ({
        x: x(barStartMs),
        y: floor - 4,
        words: `${formatTime(barStartMs, JOURNAL_ZONE)} ${ruleName} v${ruleVersion}`,
      })),
    prices: gridOf(low, high).map((price) => ({ y: y(price), text: formatPrice(price, 2) })),
    times: hoursOf(fromMs, toMs)
      .map((atMs) => ({ x: x(atMs), text: formatTime(atMs, JOURNAL_ZONE) }))
      .filter(({ x: at }) => at >= LABEL_HALF && at <= width - LABEL_HALF),
  };
}

type Place = (value: number) => number;

/** Volume-weighted average price since the first bar. */
function vwapPath(bars: readonly Bar[], x: Place, y: Place): string {
  let [notional, volume] = [0, 0];
  return bars
    .map(({ bar_start, bar_end, vw, ohlcv: { v } }) => {
      notional += vw * v;
      volume += v;
      return `${x((bar_start + bar_end) / 2).toFixed(1)},${y(volume > 0 ? notional / volume : vw).toFixed(1)}`;
    })
    .join(' ');
}

function marksOf(trade: TradeSeen, x: Place, y: Place): FillMark[] {
  return trade.legs.map(({ role, price, atMs }) => {
    const isBuy = (role === 'entry') === (trade.direction === 'long');
    const at = y(Number(price));
    return {
      x: x(atMs),
      y: at,
      tagY: at + (isBuy ? TAG_ROOM : -TAG_ROOM),
      side: isBuy ? 'B' : 'S',
      tradeId: trade.id,
    };
  });
}

function tripOf(trade: TradeSeen, x: Place, y: Place): DayPicture['trips'][number] {
  const points = trade.legs.map(({ atMs, price }) => `${x(atMs).toFixed(1)},${y(Number(price)).toFixed(1)}`);
  return { id: trade.id, path: points.join(' '), isLost: Number(trade.net) < 0 };
}

/** Round prices between two others. */
function gridOf(low: number, high: number): number[] {
  const rough = (high - low || 1) / GRID_LINES;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * size >= rough) ?? 10) * size;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => (first + place) * step);
}

function hoursOf(fromMs: EpochMs, toMs: EpochMs): EpochMs[] {
  const every =
    toMs - fromMs > 9 * HOUR_MS ? 3 * HOUR_MS : toMs - fromMs > 2 * HOUR_MS ? HOUR_MS : HOUR_MS / 4;
  const first = Math.ceil(fromMs / every) * every;
  return Array.from(
    { length: Math.max(0, Math.ceil((toMs - first) / every)) },
    (_, at) => first + at * every,
  );
}
