import { emaKind, macdKind, type MacdLine } from '../indicators/ema.js';
import { Generations } from '../indicators/generations.js';
import type { BarPrices, RecursionKind } from '../indicators/recursion.js';
import { atrKind, directionalKind, rsiKind, type DirectionalLine } from '../indicators/wilder.js';
import { inputAt, needsBars, numberAt, type Cell, type CellMaker, type CellParts } from './cell.js';

/** How each recursive word is made from its literal arguments: over one number a bar, or over the bar's prices. */
export const RECURSIONS_OF_NUMBERS = {
  ema: (settings: readonly (number | string)[]) => emaKind(numberAt(settings, 0)),
  rsi: (settings: readonly (number | string)[]) => rsiKind(numberAt(settings, 0)),
  macd: macd('macd'),
  macdSignal: macd('macdSignal'),
  macdHistogram: macd('macdHistogram'),
} as const;

export const RECURSIONS_OF_BARS = {
  atr: (settings: readonly (number | string)[]) => atrKind(numberAt(settings, 0)),
  adx: directional('adx'),
  plusDi: directional('plusDi'),
  minusDi: directional('minusDi'),
} as const;

function macd(line: MacdLine): (settings: readonly (number | string)[]) => RecursionKind<number> {
  return (settings) => macdKind(line, numberAt(settings, 0), numberAt(settings, 1), numberAt(settings, 2));
}

function directional(
  line: DirectionalLine,
): (settings: readonly (number | string)[]) => RecursionKind<BarPrices> {
  return (settings) => directionalKind(line, numberAt(settings, 0));
}

function whyOf(parts: CellParts, generations: { readonly missing: number }): Cell['why'] {
  return () => needsBars(generations.missing, parts.host.timeframe);
}

/** Makes a recursive indicator over the first input, or over the slot `close` where it has none. */
export function recursionOfNumbers(
  kindOf: (settings: readonly (number | string)[]) => RecursionKind<number>,
  close: number,
): CellMaker {
  return (parts) => {
    const { host, slot, inputs, settings } = parts;
    const { values } = host;
    const input = inputs.length > 0 ? inputAt(inputs, 0) : close;
    const generations = new Generations(kindOf(settings));
    const step = () => {
      const value = values[input] as number;
      // NaN differs from itself.
      values[slot] =
        value === value ? generations.push(value, host.seq, host.prevSeq) : generations.pushUnknown();
    };
    return { step, why: whyOf(parts, generations) };
  };
}

/** Makes a recursive indicator over the prices of the bars. */
export function recursionOfBars(
  kindOf: (settings: readonly (number | string)[]) => RecursionKind<BarPrices>,
): CellMaker {
  return (parts) => {
    const { host, slot, settings } = parts;
    const { values } = host;
    const generations = new Generations(kindOf(settings));
    const step = () => {
      values[slot] = generations.push(host.prices, host.seq, host.prevSeq);
    };
    return { step, why: whyOf(parts, generations) };
  };
}
