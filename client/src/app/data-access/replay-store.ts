import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import type { ReplayStart, ReplayState } from '@libs/contract';
import { dateIn, instantIn, zoneOf } from '../text/zone';
import { sendJson, wordsOfFailure } from './api-request';
import { readJson } from './json-answer';
import { MarketStore } from './market-store';
import { PriceBoard } from './price-board';

/** What a replay can be told. */
export type ReplayOrder = 'pause' | 'resume' | 'step';

/** What is to be played; the rest is the server's to choose. */
export type ReplayWish = Readonly<Pick<ReplayStart, 'from' | 'speed' | 'timeframe' | 'paused'>> & {
  readonly symbols: readonly string[];
};

/** How often a replay that plays is asked for its clock, and one that does not. */
const PLAYING_ASK_MS = 500;
const WAITING_ASK_MS = 5_000;
/** When trading after hours ends in New York. */
const LAST_TRADING = '20:00';
/** Where a tab keeps the replay it shows, so that a reload comes back to it. */
const STORAGE_KEY = 'spotlight.replay';

/**
 * The replay this tab shows, if any, and its controls. While there is one the whole desk shows it: chart, watchlist,
 * figures and signals know nothing later than its clock. The live market goes on meanwhile, out of sight.
 */
@Injectable({ providedIn: 'root' })
export class ReplayStore {
  private readonly market = inject(MarketStore);
  private readonly board = inject(PriceBoard);
  private readonly known = signal<ReplayState | null>(null);
  private readonly failure = signal<string | null>(null);
  private readonly choosing = signal(false);
  private readonly starting = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private orders = 0;
  /** The newest place asked for while another one is on its way. */
  private wantedMs: EpochMs | null = null;
  private isSeeking = false;

  /** `null` while the desk shows the live market. */
  readonly state = this.known.asReadonly();
  readonly isOn = computed(() => this.known() !== null);
  /** Why the last order was not followed, in the server's words. */
  readonly fault = this.failure.asReadonly();
  /** Whether somebody is choosing what to play. */
  readonly isChoosing = this.choosing.asReadonly();
  readonly isStarting = this.starting.asReadonly();
  /** Time in the replay: as the server told it, or further where newer prices have come since. */
  readonly clockMs = computed<EpochMs | null>(() => {
    const state = this.known();
    if (state === null) return null;
    let clockMs = state.clock;
    for (const { tsMs } of this.board.all().values()) if (tsMs <= state.to) clockMs = Math.max(clockMs, tsMs);
    return clockMs;
  });

  constructor() {
    effect(() => {
      const state = this.known();
      untracked(() => this.askLater(state));
    });
  }

  choose(isChoosing: boolean): void {
    this.failure.set(null);
    this.choosing.set(isChoosing);
  }

  /** Comes back to the replay that was shown before the page was loaded again, where there is one. */
  async restore(): Promise<void> {
    const id = stored();
    if (id === null) return;
    const found = await fetch(`/api/replay/${id}`).catch(() => null);
    if (found?.ok === true) this.show((await found.json()) as ReplayState);
    else if (found !== null) store(null);
  }

  /** Starts a replay and shows it; the one before it is stopped. Whether it began; `fault` says why not. */
  async start(wish: ReplayWish): Promise<boolean> {
    if (this.starting()) return false;
    this.starting.set(true);
    this.failure.set(null);
    try {
      const before = this.known();
      const state = await sendJson<ReplayState>('POST', '/api/replay/start', this.withEnd(wish));
      this.show(state);
      this.choosing.set(false);
      if (before !== null) await stop(before.id);
      return true;
    } catch (error) {
      this.failure.set(wordsOfFailure(error));
      return false;
    } finally {
      this.starting.set(false);
    }
  }

  order(order: ReplayOrder): Promise<void> {
    return this.send(order, {});
  }

  /** Plays on or pauses; one that has ended begins again. */
  async toggle(): Promise<void> {
    const state = this.known();
    if (state === null) return;
    if (state.state === 'playing') return this.order('pause');
    if (state.state === 'ended') await this.seek(state.from);
    return this.order('resume');
  }

  setSpeed(speed: ReplayState['speed']): Promise<void> {
    return this.send('speed', { speed });
  }

  /** Goes to a moment within the replay. While one journey is under way only the newest wish after it counts. */
  async seek(timeMs: EpochMs): Promise<void> {
    const state = this.known();
    if (state === null) return;
    this.wantedMs = Math.min(state.to, Math.max(state.from, Math.round(timeMs)));
    if (this.isSeeking) return;
    this.isSeeking = true;
    try {
      while (this.wantedMs !== null) {
        const time = this.wantedMs;
        this.wantedMs = null;
        await this.send('seek', { time });
      }
    } finally {
      this.isSeeking = false;
    }
  }

  /** Takes the newest finalized bar back. */
  async back(): Promise<void> {
    const newest = this.market.bars().at(-1);
    if (newest !== undefined) await this.seek(newest.bar_end - 1);
  }

  /** Stops the replay; the desk shows the live market again. */
  async leave(): Promise<void> {
    const state = this.known();
    if (state === null) return;
    this.hide();
    await stop(state.id);
  }

  /** A stock's day is over with its after-hours session: the scrub bar need not show the night. */
  private withEnd(wish: ReplayWish): ReplayWish & { readonly to?: EpochMs } {
    const calendar = this.market.symbol()?.calendar ?? 'XNYS';
    const zone = zoneOf(calendar);
    const to = calendar === 'XNYS' ? instantIn(zone, dateIn(zone, wish.from), LAST_TRADING) : null;
    return to !== null && to > wish.from && to < Date.now() ? { ...wish, to } : wish;
  }

  private show(state: ReplayState): void {
    this.known.set(state);
    store(state.id);
    this.market.showReplay({ id: state.id, symbols: state.symbols });
  }

  private hide(): void {
    clearTimeout(this.timer);
    this.wantedMs = null;
    this.known.set(null);
    store(null);
    this.market.showReplay(null);
  }

  private async send(order: string, body: object): Promise<void> {
    const id = this.known()?.id;
    if (id === undefined) return;
    const turn = ++this.orders;
    try {
      const state = await sendJson<ReplayState>('POST', `/api/replay/${order}`, { id, ...body });
      if (turn !== this.orders || this.known()?.id !== id) return;
      this.failure.set(null);
      this.known.set(state);
    } catch (error) {
      const state = this.known();
      if (state?.id !== id) return;
      this.failure.set(wordsOfFailure(error));
      this.askLater(state);
    }
  }

  private askLater(state: ReplayState | null): void {
    clearTimeout(this.timer);
    if (state === null) return;
    const waitMs = state.state === 'playing' ? PLAYING_ASK_MS : WAITING_ASK_MS;
    this.timer = setTimeout(() => void this.ask(state), waitMs);
  }

  private async ask(before: ReplayState): Promise<void> {
    const turn = this.orders;
    const isCurrent = (): boolean => this.known() === before && turn === this.orders;
    try {
      const answer = await fetch(`/api/replay/${before.id}`);
      if (!isCurrent()) return;
      if (answer.status === 404) {
        this.hide();
        this.failure.set('The replay is over: the server has ended it. This is the live market again.');
        return;
      }
      const state = await readJson<ReplayState>(answer);
      if (isCurrent()) this.known.set(state);
    } catch {
      // The line is gone, which the desk says; the next question finds out more.
      if (isCurrent()) this.askLater(before);
    }
  }
}

/** One that is gone already needs no stopping. */
async function stop(id: string): Promise<void> {
  await sendJson('POST', '/api/replay/stop', { id }).catch(() => undefined);
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

function store(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, id);
  } catch {
    // Storage may be blocked; a reload shows the live market then.
  }
}
