import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { SymbolInfo, Watchlist } from '@libs/contract';
import { sendDelete, sendJson, wordsOfFailure } from './api-request';
import { readJson } from './json-answer';
import { MarketStore } from './market-store';
import { SettingsStore } from './settings-store';

const LISTS_URL = '/api/watchlists';
/** Name of the list that begins as a copy of everything followed, when that is changed. */
const FIRST_NAME = 'My symbols';
/** Longer than the search needs to be told apart from none. */
const MOST_FOUND = 20;
/** How long taking a symbol off can be undone. */
const UNDO_MS = 8_000;

/** A symbol that was just taken off a list, and where it stood. */
export interface TakenOff {
  readonly symbol: string;
  readonly index: number;
  readonly list: string;
}

/**
 * The watchlists on the server, and the one that is shown. Changes are seen at once and sent one after the other; one
 * that is refused is taken back, and `fault` says why.
 */
@Injectable({ providedIn: 'root' })
export class WatchlistStore {
  private readonly market = inject(MarketStore);
  private readonly settings = inject(SettingsStore);
  private readonly all = signal<readonly Watchlist[]>([]);
  private readonly failure = signal<string | null>(null);
  private readonly removed = signal<TakenOff | null>(null);
  /** Changes wait for one another: each goes out with the version the one before has made. */
  private turn: Promise<unknown> = Promise.resolve();
  private undoTimer: ReturnType<typeof setTimeout> | undefined;

  /** Oldest first. */
  readonly lists = this.all.asReadonly();
  /** What went wrong last, `null` once something went right. */
  readonly fault = this.failure.asReadonly();
  /** What can be undone. */
  readonly takenOff = this.removed.asReadonly();
  /** The list that is shown; `null` for everything that is followed. */
  readonly chosen = computed(() => this.all().find(({ id }) => id === this.settings.all().watchlist) ?? null);
  /** What is shown, in its own order. */
  readonly symbols = computed<readonly string[]>(
    () => this.chosen()?.symbols ?? this.market.symbols().map(({ symbol }) => symbol),
  );

  constructor() {
    // The first chart comes before any list.
    const first = effect(() => {
      if (this.market.settled() === 0) return;
      first.destroy();
      untracked(() => void this.read());
    });
    effect(() => {
      const symbols = this.symbols();
      untracked(() => {
        this.market.watch(symbols);
      });
    });
  }

  choose(id: string): void {
    this.settings.change({ watchlist: id });
  }

  /** What the feed offers, best match first. Rejects with the server's words. */
  async search(words: string, signal: AbortSignal): Promise<readonly SymbolInfo[]> {
    const query = new URLSearchParams({ search: words, limit: String(MOST_FOUND) });
    return readJson<SymbolInfo[]>(await fetch(`/api/symbols?${query.toString()}`, { signal }));
  }

  /** A new list, shown from now on. */
  create(name: string, symbols: readonly string[] = []): Promise<void> {
    return this.inTurn(async () => {
      const made = await sendJson<Watchlist>('POST', LISTS_URL, { name, symbols });
      this.all.update((lists) => [...lists, made]);
      this.choose(made.id);
      await this.market.refreshSymbols();
    });
  }

  rename(name: string): Promise<void> {
    return this.change((list) => ({ ...list, name }));
  }

  /** Deletes the list that is shown. */
  remove(): Promise<void> {
    const list = this.chosen();
    if (list === null) return Promise.resolve();
    return this.inTurn(async () => {
      await sendDelete(`${LISTS_URL}/${list.id}`);
      this.all.update((lists) => lists.filter(({ id }) => id !== list.id));
      this.choose('');
      await this.market.refreshSymbols();
    });
  }

  /** Puts a symbol at the end of the list, or at a place. */
  add(symbol: string, index = Infinity): Promise<void> {
    return this.changeSymbols((symbols) =>
      symbols.includes(symbol) ? symbols : [...symbols.slice(0, index), symbol, ...symbols.slice(index)],
    );
  }

  /** Takes a symbol off the list; for a while `undo` puts it back. */
  async takeOff(symbol: string): Promise<void> {
    const index = this.symbols().indexOf(symbol);
    if (index < 0) return;
    await this.changeSymbols((symbols) => symbols.filter((one) => one !== symbol));
    const list = this.chosen();
    if (list === null || list.symbols.includes(symbol)) return;
    this.removed.set({ symbol, index, list: list.id });
    clearTimeout(this.undoTimer);
    this.undoTimer = setTimeout(() => {
      this.removed.set(null);
    }, UNDO_MS);
  }

  undo(): Promise<void> {
    const removed = this.removed();
    this.removed.set(null);
    if (removed === null || this.chosen()?.id !== removed.list) return Promise.resolve();
    return this.add(removed.symbol, removed.index);
  }

  /** Moves a symbol to a place of the list; places beyond its ends are its ends. */
  move(symbol: string, index: number): Promise<void> {
    return this.changeSymbols((symbols) => {
      const others = symbols.filter((one) => one !== symbol);
      const place = Math.max(0, Math.min(others.length, index));
      return [...others.slice(0, place), symbol, ...others.slice(place)];
    });
  }

  private changeSymbols(next: (symbols: readonly string[]) => readonly string[]): Promise<void> {
    if (this.chosen() === null) return this.create(FIRST_NAME, next(this.symbols()));
    return this.change((list) => ({ ...list, symbols: [...next(list.symbols)] }));
  }

  private change(next: (list: Watchlist) => Watchlist): Promise<void> {
    const id = this.chosen()?.id;
    return this.inTurn(async () => {
      const before = this.all().find((list) => list.id === id);
      if (before === undefined) return;
      const after = next(before);
      this.put(after);
      const { name, symbols, version } = after;
      this.put(await sendJson<Watchlist>('PUT', `${LISTS_URL}/${before.id}`, { name, symbols, version }));
      if ([...before.symbols].sort().join() !== [...symbols].sort().join())
        await this.market.refreshSymbols();
    });
  }

  /** Never rejects. What was refused is read anew: somebody else may have changed it. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(async () => {
      try {
        await work();
        this.failure.set(null);
      } catch (error) {
        await this.read();
        this.failure.set(wordsOfFailure(error));
      }
    });
    this.turn = done;
    return done;
  }

  private async read(): Promise<void> {
    try {
      this.all.set(await readJson<Watchlist[]>(await fetch(LISTS_URL)));
      this.failure.set(null);
    } catch (error) {
      this.failure.set(wordsOfFailure(error));
    }
  }

  private put(list: Watchlist): void {
    this.all.update((lists) => lists.map((one) => (one.id === list.id ? list : one)));
  }
}
