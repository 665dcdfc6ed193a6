import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { DeskSettings, KeptSettings } from '@libs/contract';
import { Appearance } from './appearance';
import { readJson } from './json-answer';
import { MarketStore } from './market-store';
import { settingsFrom, type Settings } from './settings';
import { SettingsStore } from './settings-store';
import { THEMES } from './theme';

const SETTINGS_URL = '/api/settings';
/** What the server was last known to have, for a page that is closed before its changes have gone out. */
const BASE_KEY = 'spotlight.settings-on-server';
/** Changes of this long go out as one. */
const GATHER_MS = 600;
/** Times a change is tried again on what somebody else has kept meanwhile. */
const MOST_TRIES = 3;

/**
 * Keeps the settings on the server, one document a user. What the server has counts more than what this browser had
 * stored, and what was changed here since it was last read counts more than either. Where the server is away the browser
 * has them, and they go out when the line is back.
 */
@Injectable({ providedIn: 'root' })
export class SettingsSync {
  private readonly store = inject(SettingsStore);
  private readonly appearance = inject(Appearance);
  private readonly market = inject(MarketStore);
  private readonly wasAsked = signal(false);
  private readonly failure = signal<string | null>(null);
  private version: number | null = null;
  /** What changes are told by: the document last known to be on the server, or the one this browser began with. */
  private base: DeskSettings;
  private turn: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether the server was asked; whatever it said. */
  readonly isSettled = this.wasAsked.asReadonly();
  /** Why they are in this browser alone, `null` where they are not. */
  readonly fault = this.failure.asReadonly();

  constructor() {
    this.base = this.storedBase();
    // With the first bars, and again whenever the line has come back.
    effect(() => {
      if (this.market.settled() > 0) untracked(() => this.later(0));
    });
    effect(() => {
      this.store.all();
      this.appearance.theme();
      if (untracked(this.wasAsked)) this.later(GATHER_MS);
    });
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.turn = this.turn.then(() => this.exchange());
    }, ms);
  }

  /** Never rejects. */
  private async exchange(): Promise<void> {
    try {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        if (this.version === null) await this.pull();
        if (await this.push()) break;
        this.version = null;
      }
      this.failure.set(null);
    } catch {
      this.failure.set('The server does not answer; the settings are kept in this browser until it does.');
    } finally {
      this.wasAsked.set(true);
    }
  }

  private async pull(): Promise<void> {
    const { version, settings } = await readJson<KeptSettings>(await fetch(SETTINGS_URL));
    this.version = version;
    if (settings === null) return;
    const own = this.document();
    const kept = settingsFrom(settings, own);
    const theme = THEMES.find((one) => one === settings.theme) ?? own.theme;
    const base: DeskSettings = { ...kept, schema: 1, theme };
    const merged: DeskSettings = { ...base, ...changesOf(this.base, own) };
    this.keepBase(base);
    if (merged.theme !== own.theme) this.appearance.choose(merged.theme);
    const changes = changesOf(own, merged);
    if (Object.keys(changes).length > 0) this.store.change(choicesOf(changes));
  }

  /** Whether the server has what is here. `false` where somebody else was first. */
  private async push(): Promise<boolean> {
    const settings = this.document();
    const isKept = this.version !== 0 && Object.keys(changesOf(this.base, settings)).length === 0;
    if (isKept) return true;
    const response = await fetch(SETTINGS_URL, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ version: this.version, settings }),
    });
    if (response.status === 409) return false;
    this.version = (await readJson<KeptSettings>(response)).version;
    this.keepBase(settings);
    return true;
  }

  private keepBase(base: DeskSettings): void {
    this.base = base;
    try {
      localStorage.setItem(BASE_KEY, JSON.stringify(base));
    } catch {
      // Storage may be blocked; what is changed last before the page is closed is lost then.
    }
  }

  private storedBase(): DeskSettings {
    const own = this.document();
    try {
      const stored = JSON.parse(localStorage.getItem(BASE_KEY) ?? 'null') as Partial<DeskSettings> | null;
      if (stored === null) return own;
      const theme = THEMES.find((one) => one === stored.theme) ?? own.theme;
      return { ...settingsFrom(stored, own), schema: 1, theme };
    } catch {
      return own;
    }
  }

  private document(): DeskSettings {
    return { ...this.store.all(), schema: 1, theme: this.appearance.theme() };
  }
}

/** The fields of `to` that differ. */
function changesOf(from: DeskSettings, to: DeskSettings): Partial<DeskSettings> {
  return Object.fromEntries(
    Object.entries(to).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(from[field as keyof DeskSettings]),
    ),
  );
}

function choicesOf(changes: Partial<DeskSettings>): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(changes).filter(([field]) => field !== 'schema' && field !== 'theme'),
  );
}
