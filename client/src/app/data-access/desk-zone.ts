import { computed, inject, Injectable } from '@angular/core';
import { zoneFor } from '../text/zone';
import { MarketStore } from './market-store';
import { SettingsStore } from './settings-store';

/** The clock everything on the desk goes by: as chosen, for the symbol in view. */
@Injectable({ providedIn: 'root' })
export class DeskZone {
  private readonly settings = inject(SettingsStore).all;
  private readonly store = inject(MarketStore);
  private readonly choice = computed(() => this.settings().zone);
  private readonly calendar = computed(() => this.store.symbol()?.calendar ?? 'XNYS');

  readonly zone = computed(() => zoneFor(this.choice(), this.calendar()));
}
