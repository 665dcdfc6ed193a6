import { inject, Injectable } from '@angular/core';
import { isTimeframe } from '@libs/bars';
import type { DeskAction } from '@libs/contract';
import { MarketStore } from '../../data-access/market-store';

/** What the page does for the coach, once the trader has agreed. */
@Injectable({ providedIn: 'root' })
export class DeskActions {
  private readonly market = inject(MarketStore);

  /** Does it; what this page does not know is left alone. */
  do({ kind, symbol, timeframe }: Omit<DeskAction, 'kind'> & { readonly kind: string }): void {
    if (kind !== 'switch_chart') return;
    const before = this.market.selection();
    this.market.show({
      symbol: symbol ?? before.symbol,
      timeframe: timeframe !== null && isTimeframe(timeframe) ? timeframe : before.timeframe,
    });
  }
}
