import type { BarLog } from './bar-log.js';
import type { MarketPipeline } from './market-pipeline.js';

/** The part of a bar log that a stream reads. */
export type ReadableLog = Pick<
  BarLog,
  | 'epoch'
  | 'epochReason'
  | 'headOffset'
  | 'isWrittenHere'
  | 'published$'
  | 'restarted$'
  | 'seriesFor'
  | 'tail'
>;

/** The part of a market that a stream reads: forming bars, single trades, the tape, state. */
export type ReadableMarket = Pick<
  MarketPipeline,
  | 'currentStatus'
  | 'demandMicrobars'
  | 'demandTape'
  | 'formingBars'
  | 'microbars$'
  | 'source'
  | 'status$'
  | 'symbols'
  | 'tape$'
  | 'trades$'
>;
