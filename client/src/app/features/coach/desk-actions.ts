import { inject, Injectable } from '@angular/core';
import { isTimeframe } from '@libs/bars';
import type { DeskAction } from '@libs/contract';
import { MarketStore } from '../../data-access/market-store';
import { ReplayStore } from '../../data-access/replay-store';
import { ViewStore } from '../../data-access/view-store';

type Action<Kind extends DeskAction['kind']> = Extract<DeskAction, { kind: Kind }>;

/** What the page does for the coach, once the trader has agreed. */
@Injectable({ providedIn: 'root' })
export class DeskActions {
  private readonly market = inject(MarketStore);
  private readonly replays = inject(ReplayStore);
  private readonly views = inject(ViewStore);

  /** Does it; what this page does not know is left alone. Resolves with why it could not be done, in words, or `null`. */
  async do(action: DeskAction): Promise<string | null> {
    switch (action.kind) {
      case 'switch_chart':
        this.switchChart(action);
        return null;
      case 'start_replay':
        return this.startReplay(action);
      default:
        return null;
    }
  }

  private switchChart({ symbol, timeframe }: Action<'switch_chart'>): void {
    const before = this.market.selection();
    this.market.show({
      symbol: symbol ?? before.symbol,
      timeframe: timeframe !== null && isTimeframe(timeframe) ? timeframe : before.timeframe,
    });
  }

  private async startReplay({ symbol, from, speed }: Action<'start_replay'>): Promise<string | null> {
    this.views.open('desk');
    const { timeframe } = this.market.selection();
    const hasBegun = await this.replays.start({ symbols: [symbol], from, speed, timeframe, paused: false });
    return hasBegun ? null : (this.replays.fault() ?? 'Another replay is being started.');
  }
}
