import { Injectable, signal } from '@angular/core';
import { onSettingsStored, readSettings, storeSettings, type Settings } from './settings';

/** The settings as this browser has them; another tab's changes are seen here as well. */
@Injectable({ providedIn: 'root' })
export class SettingsStore {
  private readonly settings = signal<Settings>(readSettings());

  readonly all = this.settings.asReadonly();

  constructor() {
    onSettingsStored(() => {
      this.settings.set(readSettings());
    });
  }

  change(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
    storeSettings(this.settings());
  }
}
