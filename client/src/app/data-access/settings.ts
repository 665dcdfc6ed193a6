import { Injectable, signal } from '@angular/core';

/** What a user chooses about the desk, besides the theme. Kept in this browser. */
export interface Settings {
  /** Whether a signal is heard. */
  readonly sound: boolean;
  /** Whether the browser tells of a signal while the page is not looked at. */
  readonly notifications: boolean;
  /** Drawn over charts and under them, in the order they were added. */
  readonly indicators: readonly { readonly kind: string; readonly values: readonly number[] }[];
}

const DEFAULTS: Settings = { sound: true, notifications: false, indicators: [] };
const STORAGE_KEY = 'spotlight.settings';

/** The choices of an earlier visit; what is missing or was never a choice is as it is by default. */
export function readSettings(): Settings {
  try {
    return withKnown(JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as unknown);
  } catch {
    return DEFAULTS; // Storage may be blocked, or hold something else.
  }
}

/** The settings of this browser. */
@Injectable({ providedIn: 'root' })
export class SettingsStore {
  private readonly settings = signal<Settings>(readSettings());

  readonly all = this.settings.asReadonly();

  change(change: Partial<Settings>): void {
    this.settings.update((settings) => ({ ...settings, ...change }));
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify(this.settings()));
    } catch {
      // Nothing to do: the choice holds until the page is closed.
    }
  }
}

function withKnown(stored: unknown): Settings {
  if (typeof stored !== 'object' || stored === null) return DEFAULTS;
  const known = stored as Record<string, unknown>;
  const isOn = (name: 'sound' | 'notifications'): boolean => {
    const value = known[name];
    return typeof value === 'boolean' ? value : DEFAULTS[name];
  };
  const { indicators } = known;
  return {
    sound: isOn('sound'),
    notifications: isOn('notifications'),
    indicators: Array.isArray(indicators) ? indicators.filter(isIndicator) : DEFAULTS.indicators,
  };
}

function isIndicator(value: unknown): value is Settings['indicators'][number] {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, values } = value as Record<string, unknown>;
  return (
    typeof kind === 'string' &&
    Array.isArray(values) &&
    values.every((one) => typeof one === 'number' && one > 0)
  );
}
