import { Injectable, signal } from '@angular/core';
import { readSettings, storeSettings, type Settings } from './settings';

/** The settings of this browser. */
@Injectable({ providedIn: 'root' })
export class SettingsStore {
  private readonly settings = signal<Settings>(readSettings());

  readonly all = this.settings.asReadonly();

  change(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
    storeSettings(this.settings());
  }
}
