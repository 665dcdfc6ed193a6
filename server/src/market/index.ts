export { BarArchive, type BarRange } from './bar-archive.js';
export { BarLog, newEpochId } from './bar-log.js';
export type { TradeFileName } from './feeds/trade-file/trade-file-name.js';
export { ConflatedTape } from './tape/conflated-tape.js';
export { TradeFileCache } from './feeds/trade-file/trade-file-cache.js';
export { TradeTape, type TapeLane } from './feeds/trade-file/trade-tape.js';
export { LogTail } from './log-tail.js';
export { barsIn, type LogAlert, type LoggedEvent } from './logged-alert.js';
export type { LoggedBar } from './logged-bar.js';
export { MarketModule } from './market.module.js';
export { MarketPipeline } from './market-pipeline.js';
export type { ReadableLog, ReadableMarket } from './market-view.js';
export { OlderHistory } from './older/older-history.js';
export { numberedBar, numberedMicrobar } from './numbered-bar.js';
export { RecordedTrades } from './recorded-trades.js';
export {
  ReplayedMarkets,
  type ReplayedBars,
  type ReplayedMarket,
  type ReplayedPrice,
} from './replayed-markets.port.js';
export { Leadership } from './shared/leadership.js';
export { Recorder } from './recordings/recorder.js';
export { seriesKey, type OpenSeries, type Series } from './series.js';
export { SymbolDesk } from './symbols/symbol-desk.js';
