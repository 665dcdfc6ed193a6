export {
  amountNumber,
  amountOf,
  amountOfText,
  amountText,
  decimalOf,
  decimalText,
  type Amount,
  type Decimal,
} from './money/decimal.js';
export { inTimeOrder, type Fill, type FillContent, type Side } from './fills/fill.js';
export { identified, planImport, type ImportPlan } from './fills/identity.js';
export {
  bookOf,
  matchFills,
  unitValue,
  type Match,
  type Matching,
  type OpenLot,
} from './trips/match-fills.js';
export { roundTrips } from './trips/round-trips.js';
export type { Grouping, Leg, Trade } from './trips/trade.js';
export { isZone, zoneClock, type LocalTime, type ZoneClock } from './import/zone-time.js';
export { FILE_LIMITS, UnreadableFileError, type Delimiter } from './import/csv-table.js';
export {
  checkedMapping,
  type Column,
  type ColumnMapping,
  type SideWord,
  type ValueTable,
} from './import/column-mapping.js';
export { PRESETS } from './import/presets.js';
export { readFills, type ImportOptions, type ReadFile, type RowIssue } from './import/read-fills.js';
export { previewFills, previewRows, type Preview } from './import/preview.js';
export {
  BrokenExportError,
  NOTE_LIMITS,
  noteOf,
  type Journal,
  type JournalNote,
} from './export/journal-record.js';
export { JournalJsonWriter, journalFromJson, journalToJson } from './export/json-export.js';
export { journalFromCsv, journalToCsv } from './export/csv-export.js';
export { riskOf, type RiskMeasure } from './excursion/risk.js';
export {
  excursionOf,
  type Bounds,
  type Excursion,
  type PriceRange,
  type PriceRecord,
} from './excursion/excursion.js';
export { countedTrades, type CountedTrade, type TradeContext } from './statistics/counted-trade.js';
export { summaryOf, type Figure, type Summary } from './statistics/figures.js';
export type { Interval } from '@libs/statistics';
export { breakdown, type BreakdownOptions, type Dimension, type Group } from './statistics/breakdown.js';
export {
  calendarOf,
  deepestDrawdown,
  distributionOfR,
  equityCurve,
  R_BINS,
  streaksOf,
  type CalendarDay,
  type Drawdown,
  type EquityPoint,
  type RBin,
  type Streaks,
} from './statistics/equity.js';
