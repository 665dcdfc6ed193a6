export { BarArchive, type BarRange } from './bar-archive.js';
export { BarLog } from './bar-log.js';
export { LogTail } from './log-tail.js';
export type { LoggedBar } from './logged-bar.js';
export { MarketModule } from './market.module.js';
export { MarketPipeline } from './market-pipeline.js';
export type { ReadableLog, ReadableMarket } from './market-view.js';
export { Leadership } from './shared/leadership.js';
export { seriesKey, type Series } from './series.js';
