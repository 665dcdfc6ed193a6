import { Bollinger, type BollingerBand } from '../indicators/bollinger.js';
import { Extreme } from '../indicators/extreme.js';
import { Ring } from '../indicators/ring.js';
import { Sma } from '../indicators/sma.js';
import { RULE_LIMITS } from '../language/limits.js';
import { inputAt, needsBars, numberAt, type Cell, type CellMaker, type CellParts } from './cell.js';

const UNKNOWN_INSIDE = 'its window holds a bar for which its input was unknown';

interface Window {
  push(value: number): number;
  /** Values until the window is full. */
  readonly missing: number;
}

function windowCell({ host, slot, inputs }: CellParts, window: Window, close?: number): Cell {
  const { values } = host;
  const input = close ?? inputAt(inputs, 0);
  return {
    step: () => {
      values[slot] = window.push(values[input] as number);
    },
    why: () => (window.missing > 0 ? needsBars(window.missing, host.timeframe) : UNKNOWN_INSIDE),
  };
}

export const smaCell: CellMaker = (parts) => windowCell(parts, new Sma(numberAt(parts.settings, 0)));
export const highestCell: CellMaker = (parts) =>
  windowCell(parts, new Extreme(numberAt(parts.settings, 0), 'highest'));
export const lowestCell: CellMaker = (parts) =>
  windowCell(parts, new Extreme(numberAt(parts.settings, 0), 'lowest'));

/** Makes a Bollinger band of closing prices, which lie in the slot `close`. */
export function bollingerCell(band: BollingerBand, close: number): CellMaker {
  return (parts) => {
    const window = new Bollinger(numberAt(parts.settings, 0), numberAt(parts.settings, 1), band);
    return windowCell(parts, window, close);
  };
}

/** Makes the value some bars ago. */
export const agoCell: CellMaker = (parts) => {
  const bars = numberAt(parts.settings, 0);
  const ring = new Ring(bars + 1);
  return windowCell(parts, {
    push: (value) => {
      ring.push(value);
      return ring.at(bars);
    },
    get missing() {
      return bars + 1 - ring.length;
    },
  });
};

/** Makes the number of bars in a window for which a condition was true. */
export const countCell: CellMaker = (parts) => {
  const sma = new Sma(numberAt(parts.settings, 0));
  return windowCell(parts, {
    // The average of zeros and ones is exact enough to be turned back into their sum.
    push: (value) => Math.round(sma.push(value) * sma.period),
    get missing() {
      return sma.missing;
    },
  });
};

/**
 * Makes the number of bars in a row for which a condition has been true, counted up to the longest period. Unknown
 * until it was once false, because the row may have begun before the first bar that was seen.
 */
export const streakCell: CellMaker = ({ host, slot, inputs }) => {
  const { values } = host;
  const condition = inputAt(inputs, 0);
  let length = NaN;
  let seenTrue = 0;
  const step = () => {
    const holds = values[condition] as number;
    if (host.prevSeq === null) length = 0;
    if (holds === 1) {
      seenTrue = Math.min(seenTrue + 1, RULE_LIMITS.period);
      length = seenTrue === RULE_LIMITS.period ? RULE_LIMITS.period : length + 1;
    } else {
      seenTrue = 0;
      length = holds === 0 ? 0 : NaN;
    }
    values[slot] = length;
  };
  return {
    step,
    why: () => 'not false since the first bar seen, so nobody knows since when it has been true',
  };
};

/** Makes the number of bars since a condition was last true; unknown where that is further back than the longest period. */
export const barsSinceCell: CellMaker = ({ host: { values }, slot, inputs }) => {
  const condition = inputAt(inputs, 0);
  let since = NaN;
  const step = () => {
    const holds = values[condition] as number;
    if (holds === 1) since = 0;
    else since = holds === 0 && since < RULE_LIMITS.period ? since + 1 : NaN;
    values[slot] = since;
  };
  return { step, why: () => `not true within the last ${RULE_LIMITS.period} bars` };
};
