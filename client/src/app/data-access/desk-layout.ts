import { computed, effect, inject, Injectable, untracked } from '@angular/core';
import { MarketStore } from './market-store';
import { mediaMatches } from './media-matches';
import type { LayoutCount, Link } from './settings';
import { SettingsStore } from './settings-store';
import { SettingsSync } from './settings-sync';

/** Keeps the charts of the desk as the settings have them, and the settings as the charts are left. A phone has one chart. */
@Injectable({ providedIn: 'root' })
export class DeskLayout {
  private readonly market = inject(MarketStore);
  private readonly settings = inject(SettingsStore);
  private readonly sync = inject(SettingsSync);
  private readonly isPhone = mediaMatches('(max-width: 640px)');

  readonly links = computed(() => this.settings.all().links);
  /** How many charts are shown. */
  readonly count = computed<LayoutCount>(() => (this.isPhone() ? 1 : this.settings.all().layout));

  constructor() {
    // At once: the charts that are shown are known before the first of them is drawn.
    this.market.arrange(this.count());
    effect(() => {
      const count = this.count();
      untracked(() => {
        this.market.arrange(count);
      });
    });
    effect(() => {
      this.links();
      untracked(() => {
        this.market.link();
      });
    });
    effect(() => {
      const charts = this.market.placed();
      const isKept =
        this.count() > 1 && this.market.symbols().length > 0 && this.market.origin().replay === undefined;
      untracked(() => {
        const isNews = JSON.stringify(charts) !== JSON.stringify(this.settings.all().charts);
        if (isKept && isNews) this.settings.change({ charts: [...charts] });
      });
    });
    const first = effect(() => {
      if (!this.sync.isSettled()) return;
      first.destroy();
      untracked(() => {
        this.market.restore(this.settings.all().charts);
      });
    });
  }

  choose(layout: LayoutCount): void {
    this.settings.change({ layout });
  }

  toggle(link: Link): void {
    const links = this.links();
    this.settings.change({ links: { ...links, [link]: !links[link] } });
  }
}
