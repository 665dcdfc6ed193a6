import { recursionLookback } from '../indicators/generations.js';
import type { RecursionKind } from '../indicators/recursion.js';
import { RULE_LIMITS } from '../language/limits.js';
import { BAR_FIELDS, type BarField, type WordName } from '../language/vocabulary.js';
import { parseAnchor } from '../sessions/anchored-vwap.js';
import { PRIOR_DAY_REACH_DAYS } from '../sessions/day-levels.js';
import { reachDaysOf } from '../sessions/relative-volume.js';
import { numberAt, textAt, type CellMaker } from './cell.js';
import { reachOfBars, reachOfDays, THIS_BAR, type Reach } from './reach.js';
import {
  RECURSIONS_OF_BARS,
  RECURSIONS_OF_NUMBERS,
  recursionOfBars,
  recursionOfNumbers,
} from './recursive-cells.js';
import {
  anchoredVwapCell,
  dayLevelCell,
  minutesSinceOpenCell,
  minutesToCloseCell,
  openingRangeCell,
  rvolCell,
  sessionCell,
  timeBetweenCell,
  vwapCell,
  weekdayCell,
  type DayLevel,
} from './session-cells.js';
import {
  agoCell,
  barsSinceCell,
  bollingerCell,
  countCell,
  highestCell,
  lowestCell,
  smaCell,
  streakCell,
} from './window-cells.js';

type Settings = readonly (number | string)[];

/** How the cell of a word is made and how far it looks back. */
export interface WordCell {
  readonly make: CellMaker;
  /** Bars of its own that it reads beside those of its inputs. */
  readonly reach: (settings: Settings) => Reach;
  /** How many earlier values of its inputs it remembers. */
  readonly widens: (settings: Settings) => number;
}

/** Slots of the bar's own values: the same in every series. */
export const FIELD_SLOTS = Object.fromEntries(BAR_FIELDS.map((field, slot) => [field, slot])) as Record<
  BarField,
  number
>;

const none = () => 0;
const thisBar = () => THIS_BAR;
const plain = (make: CellMaker): WordCell => ({ make, reach: thisBar, widens: none });
/** Remembers its inputs over a window of so many bars. */
const window = (make: CellMaker): WordCell => ({
  make,
  reach: thisBar,
  widens: (settings) => numberAt(settings, 0) - 1,
});
const days = (make: CellMaker, count: number): WordCell => ({
  make,
  reach: () => reachOfDays(count),
  widens: none,
});
const recursiveReach =
  (kindOf: (settings: Settings) => RecursionKind<never>): WordCell['reach'] =>
  (settings) =>
    reachOfBars(recursionLookback(kindOf(settings).memory));

const numbers = (word: keyof typeof RECURSIONS_OF_NUMBERS): WordCell => ({
  make: recursionOfNumbers(RECURSIONS_OF_NUMBERS[word], FIELD_SLOTS.close),
  reach: recursiveReach(RECURSIONS_OF_NUMBERS[word]),
  widens: none,
});
const bars = (word: keyof typeof RECURSIONS_OF_BARS): WordCell => ({
  make: recursionOfBars(RECURSIONS_OF_BARS[word]),
  reach: recursiveReach(RECURSIONS_OF_BARS[word]),
  widens: none,
});
const bollinger = (band: 'upper' | 'middle' | 'lower'): WordCell => ({
  make: bollingerCell(band, FIELD_SLOTS.close),
  reach: (settings) => reachOfBars(numberAt(settings, 0)),
  widens: none,
});
const prior = (level: DayLevel): WordCell => days(dayLevelCell(level), PRIOR_DAY_REACH_DAYS + 2);

/** Words without a memory: values of the bar lie in fixed slots, crossings are made of other words, the rest is computed. */
type Composed = BarField | 'crossesAbove' | 'crossesBelow' | 'abs' | 'min' | 'max' | 'on';

/** The cell of every other word. */
export const WORD_CELLS: Record<Exclude<WordName, Composed>, WordCell> = {
  session: plain(sessionCell),
  weekday: plain(weekdayCell),
  minutesSinceOpen: plain(minutesSinceOpenCell),
  minutesToClose: plain(minutesToCloseCell),
  timeBetween: plain(timeBetweenCell),

  sma: window(smaCell),
  ema: numbers('ema'),
  rsi: numbers('rsi'),
  macd: numbers('macd'),
  macdSignal: numbers('macdSignal'),
  macdHistogram: numbers('macdHistogram'),
  atr: bars('atr'),
  adx: bars('adx'),
  plusDi: bars('plusDi'),
  minusDi: bars('minusDi'),
  bollingerUpper: bollinger('upper'),
  bollingerMiddle: bollinger('middle'),
  bollingerLower: bollinger('lower'),
  highest: window(highestCell),
  lowest: window(lowestCell),

  vwap: days(vwapCell, 1),
  anchoredVwap: { make: anchoredVwapCell, reach: anchorReach, widens: none },
  rvol: {
    make: rvolCell,
    reach: (settings) => reachOfDays(reachDaysOf(numberAt(settings, 0)) + 2),
    widens: none,
  },
  openingRangeHigh: days(openingRangeCell('high'), 1),
  openingRangeLow: days(openingRangeCell('low'), 1),
  dayOpen: days(dayLevelCell('dayOpen'), 1),
  dayHigh: days(dayLevelCell('dayHigh'), 1),
  dayLow: days(dayLevelCell('dayLow'), 1),
  priorOpen: prior('priorOpen'),
  priorHigh: prior('priorHigh'),
  priorLow: prior('priorLow'),
  priorClose: prior('priorClose'),
  premarketHigh: days(dayLevelCell('premarketHigh'), 1),
  premarketLow: days(dayLevelCell('premarketLow'), 1),

  ago: { make: agoCell, reach: thisBar, widens: (settings) => numberAt(settings, 0) },
  streak: { make: streakCell, reach: thisBar, widens: () => RULE_LIMITS.period },
  count: window(countCell),
  barsSince: { make: barsSinceCell, reach: thisBar, widens: () => RULE_LIMITS.period },
};

function anchorReach(settings: Settings): Reach {
  const anchor = parseAnchor(textAt(settings, 0));
  return 'instantMs' in anchor ? { ...THIS_BAR, sinceMs: anchor.instantMs } : reachOfDays(1);
}
