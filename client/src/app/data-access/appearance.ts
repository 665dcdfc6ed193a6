import { computed, Injectable, signal } from '@angular/core';
import { applyTheme, onSystemThemeChange, readTheme, storeTheme, type Theme } from './theme';

/** How the desk looks: the theme that was chosen, and a mark for everything that is drawn with its colours. */
@Injectable({ providedIn: 'root' })
export class Appearance {
  private readonly choice = signal<Theme>(readTheme());
  private readonly systemChanges = signal(0);

  readonly theme = this.choice.asReadonly();
  /** Changes whenever the colours do. */
  readonly colours = computed(() => `${this.choice()} ${this.systemChanges()}`);

  constructor() {
    onSystemThemeChange(() => {
      applyTheme(this.choice());
      this.systemChanges.update((count) => count + 1);
    });
  }

  choose(theme: Theme): void {
    storeTheme(theme);
    applyTheme(theme);
    this.choice.set(theme);
  }
}
