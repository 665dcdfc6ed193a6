import { BASE_TIMEFRAME, type EpochMs } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { vendorEmptyAnswers } from '../../../common/vendor-metrics.js';
import type { MinuteHistory } from '../market-feed.port.js';
import type { VendorHistory } from './vendor.port.js';
import type { VendorTrade } from './vendor-trade.js';

/** A vendor's history that counts the answers without a minute where some were asked for. */
export class CountedHistory implements VendorHistory {
  constructor(
    private readonly history: VendorHistory,
    private readonly symbols: readonly SymbolInfo[],
  ) {}

  async serverTimeMs(): Promise<EpochMs | null> {
    return this.history.serverTimeMs();
  }

  async minutes(symbolIndex: number, fromMs: EpochMs, toMs: EpochMs): Promise<MinuteHistory> {
    const found = await this.history.minutes(symbolIndex, fromMs, toMs);
    if (found.minutes.length === 0 && fromMs < toMs) {
      const symbol = this.symbols[symbolIndex]?.symbol ?? '';
      vendorEmptyAnswers.inc({ symbol, timeframe: BASE_TIMEFRAME });
    }
    return found;
  }

  async tradesSince(symbolIndex: number, afterId: number | null, fromMs: EpochMs): Promise<VendorTrade[]> {
    return this.history.tradesSince(symbolIndex, afterId, fromMs);
  }
}
