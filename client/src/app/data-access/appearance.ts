import { computed, effect, inject, Injectable, signal } from '@angular/core';
import { SettingsStore } from './settings-store';
import { applyTheme, onSystemThemeChange, readTheme, storeTheme, type Theme } from './theme';

/** How the desk looks: the theme that was chosen, and a mark for everything that is drawn with its colours. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  private readonly settings = inject(SettingsStore).all;
  private readonly choice = signal<Theme>(readTheme());
  private readonly systemChanges = signal(0);
  /** Rises when the page wears what was chosen. */
  private readonly worn = signal('');

  readonly theme = this.choice.asReadonly();
  /** Changes whenever the colours do. */
  readonly colours = computed(() => `${this.choice()} ${this.systemChanges()} ${this.worn()}`);

  constructor() {
    onSystemThemeChange(() => {
      applyTheme(this.choice());
      this.systemChanges.update((count) => count + 1);
    });
    effect(() => {
      const { updown, density } = this.settings();
      Object.assign(document.documentElement.dataset, { updown, density });
      this.worn.set(`${updown} ${density}`);
    });
  }

  choose(theme: Theme): void {
    storeTheme(theme);
    applyTheme(theme);
    this.choice.set(theme);
  }
}
