import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DeskSettings, KeptSettings } from '@libs/contract';
import { Appearance } from './appearance';
import { MarketStore } from './market-store';
import { SettingsStore } from './settings-store';
import { SettingsSync } from './settings-sync';
import { settle } from './testing/scripted-history';
import type { Theme } from './theme';

/** The server's side of `/api/settings`. */
class SettingsServer {
  kept: KeptSettings = { version: 0, settings: null };
  isAway = false;
  puts = 0;

  answer({ method = 'GET', body }: RequestInit): Promise<Response> {
    if (this.isAway) return Promise.reject(new TypeError('away'));
    if (method === 'GET') return json(200, this.kept);
    this.puts++;
    const { version, settings } = JSON.parse(body as string) as { version: number; settings: DeskSettings };
    if (version !== this.kept.version) return json(409, { detail: 'not the newest' });
    this.kept = { version: version + 1, settings };
    return json(200, this.kept);
  }
}

/** An answer whose body is there at once. */
function json(status: number, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  const answer = { ok: status < 400, status, json: () => Promise.resolve(JSON.parse(text) as unknown) };
  return Promise.resolve(answer as unknown as Response);
}

describe('settings on the server', () => {
  const settled = signal(0);
  const theme = signal<Theme>('auto');
  const fetchBefore = globalThis.fetch;
  let server: SettingsServer;
  let store: SettingsStore;
  let sync: SettingsSync;

  beforeEach(() => {
    jest.useFakeTimers();
    localStorage.clear();
    settled.set(0);
    theme.set('auto');
    server = new SettingsServer();
    globalThis.fetch = (_url, init = {}) => server.answer(init);
    TestBed.configureTestingModule({
      providers: [
        { provide: MarketStore, useValue: { settled } },
        { provide: Appearance, useValue: { theme, choose: (one: Theme) => theme.set(one) } },
      ],
    });
    store = TestBed.inject(SettingsStore);
  });

  afterEach(() => {
    globalThis.fetch = fetchBefore;
    jest.useRealTimers();
  });

  async function pass(): Promise<void> {
    TestBed.tick();
    jest.advanceTimersByTime(600);
    for (let turn = 0; turn < 4; turn++) await settle();
    TestBed.tick();
  }

  async function opened(): Promise<void> {
    sync = TestBed.inject(SettingsSync);
    settled.set(1);
    await pass();
  }

  it('begin with what this browser had, where the server has none', async () => {
    store.change({ zone: 'utc' });
    await opened();
    expect(server.kept).toMatchObject({ version: 1, settings: { schema: 1, theme: 'auto', zone: 'utc' } });
    expect(sync.isSettled()).toBe(true);
  });

  it('of the server count more than what this browser had stored, and cost no request to keep', async () => {
    store.change({ zone: 'utc', hours: 'regular' });
    server.kept = { version: 4, settings: { theme: 'light', zone: 'local', volume: 700 } };
    await opened();
    expect(store.all()).toMatchObject({ zone: 'local', hours: 'regular', volume: 60 });
    expect(theme()).toBe('light');
    expect(server.puts).toBe(0);
  });

  it('that were changed here before the answer came stay changed', async () => {
    server.kept = { version: 4, settings: { zone: 'local', density: 'compact' } };
    sync = TestBed.inject(SettingsSync);
    store.change({ zone: 'utc' });
    settled.set(1);
    await pass();
    expect(store.all()).toMatchObject({ zone: 'utc', density: 'compact' });
    expect(server.kept).toMatchObject({ version: 5, settings: { zone: 'utc', density: 'compact' } });
  });

  it('that were changed just before the page was closed go out with the next visit', async () => {
    await opened();
    store.change({ zone: 'utc' });
    TestBed.resetTestingModule();
    // The next visit begins with what the browser has stored.
    TestBed.configureTestingModule({
      providers: [
        { provide: MarketStore, useValue: { settled } },
        { provide: Appearance, useValue: { theme, choose: (one: Theme) => theme.set(one) } },
      ],
    });
    jest.clearAllTimers();
    expect(server.kept.settings).toMatchObject({ zone: 'exchange' });
    store = TestBed.inject(SettingsStore);
    await opened();
    expect(store.all().zone).toBe('utc');
    expect(server.kept.settings).toMatchObject({ zone: 'utc' });
  });

  it('of two devices both count: each changed something else', async () => {
    await opened();
    server.kept = { version: 2, settings: { ...server.kept.settings, density: 'compact' } };
    store.change({ zone: 'utc' });
    store.change({ volume: 10 });
    await pass();
    expect(server.kept).toMatchObject({
      version: 3,
      settings: { density: 'compact', zone: 'utc', volume: 10 },
    });
    expect(store.all().density).toBe('compact');
    // The first was refused, the second was made on what it had missed.
    expect(server.puts).toBe(3);
  });

  it('wait in this browser while the server is away, and go out when the line is back', async () => {
    await opened();
    server.isAway = true;
    store.change({ zone: 'utc' });
    await pass();
    expect(sync.fault()).toContain('does not answer');
    server.isAway = false;
    settled.set(2);
    await pass();
    expect(sync.fault()).toBeNull();
    expect(server.kept.settings).toMatchObject({ zone: 'utc' });
  });
});
