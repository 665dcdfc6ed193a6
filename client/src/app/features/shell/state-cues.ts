import { effect, inject, Injectable, untracked } from '@angular/core';
import { DeskSound } from '../../data-access/desk-sound';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';

/** Makes heard what the badge shows: prices that have become old, and their end; the end of a bar of the chart in use. */
@Injectable({ providedIn: 'root' })
export class StateCues {
  constructor() {
    const sound = inject(DeskSound);
    const status = inject(DeskStatus);
    let wasOld: boolean | null = null;
    effect(() => {
      const isOld = status.isOld();
      // How the desk begins is no change.
      if (status.state() === 'connecting') return;
      if (wasOld !== null && isOld !== wasOld) untracked(() => sound.play(isOld ? 'attention' : 'well'));
      wasOld = isOld;
    });
    const { active } = inject(MarketStore);
    effect((onCleanup) => {
      const chart = active();
      onCleanup(
        chart.follow((change) => {
          // What was missed comes many at a time and is no news.
          if (change.kind === 'bars' && change.bars.length === 1) sound.play('bar');
        }),
      );
    });
  }
}
