import { computed, Injectable, signal } from '@angular/core';
import type { AlertEvent } from '@libs/contract';
import { wordsOfFailure } from './api-request';
import { readJson } from './json-answer';

/** A signal as the desk holds it: from the record, or just told by the stream. */
export type HeldSignal = Omit<AlertEvent, 'muted'> & { readonly muted?: boolean };

/** What recomputing the open signal from the bars on record came to, or why it could not be done. */
export type SignalProof =
  | { readonly kind: 'none' | 'busy' | 'holds' }
  | { readonly kind: 'fails'; readonly faults: readonly string[] };

/** Signals kept; the oldest ones leave, and are on record all the same. */
const MOST_HELD = 500;
const READ_AT_ONCE = 200;

/**
 * What the rules have found, newest first: the record as it was read, and every alert the stream brings. Which one is
 * open is the same for list, chart and receipt.
 */
@Injectable({ providedIn: 'root' })
export class SignalStore {
  private readonly held = signal<readonly HeldSignal[]>([]);
  private readonly failure = signal<string | null>(null);
  private readonly openedId = signal<string | null>(null);
  private readonly unseenIds = signal<ReadonlySet<string>>(new Set());
  private readonly openProof = signal<SignalProof>({ kind: 'none' });
  private readonly listeners = new Set<(alert: AlertEvent) => void>();
  private reading: Promise<void> | null = null;
  /** The replay whose signals are shown, `null` for the live market's; they are kept apart. */
  private readonly replay = signal<string | null>(null);
  private live: readonly HeldSignal[] = [];
  /** Rises when an answer on its way belongs to what is not shown any more. */
  private turn = 0;

  readonly all = this.held.asReadonly();
  /** Whether these are a replay's: told again, and not on record. */
  readonly areReplayed = computed(() => this.replay() !== null);
  /** Why the record could not be read, `null` where it could. */
  readonly fault = this.failure.asReadonly();
  readonly unseen = this.unseenIds.asReadonly();
  readonly proof = this.openProof.asReadonly();
  readonly opened = computed(() => this.held().find(({ id }) => id === this.openedId()) ?? null);

  /** Reads the newest signals on record. A call while one is under way joins it. */
  refresh(): Promise<void> {
    if (this.reading !== null) return this.reading;
    const reading = this.read(this.replay()).finally(() => {
      if (this.reading === reading) this.reading = null;
    });
    this.reading = reading;
    return reading;
  }

  /** Shows what the rules find in a replay instead of the live market's signals, or those again. */
  showReplay(id: string | null): void {
    if (this.replay() === null) this.live = this.held();
    this.replay.set(id);
    this.reading = null;
    this.turn++;
    this.open(null);
    this.unseenIds.set(new Set());
    this.held.set(id === null ? this.live : []);
  }

  /** Forgets what a replay has told, as it was set back, and asks what has happened by now. */
  startOver(): void {
    if (this.replay() === null) return;
    this.open(null);
    this.held.set([]);
    this.reading = null;
    this.turn++;
    void this.refresh();
  }

  /** Takes an alert of the stream; one that is known is none. */
  onAlert(alert: AlertEvent): void {
    if (this.held().some(({ id }) => id === alert.id)) return;
    this.hold([alert]);
    this.unseenIds.update((ids) => new Set([...ids, alert.id]));
    for (const listener of this.listeners) listener(alert);
  }

  /** Calls back with every new alert. Returns what ends it. */
  follow(listener: (alert: AlertEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  open(id: string | null): void {
    this.openedId.set(id);
    this.openProof.set({ kind: 'none' });
    if (id === null || !this.unseenIds().has(id)) return;
    this.unseenIds.update((ids) => new Set([...ids].filter((one) => one !== id)));
  }

  /** Opens a signal wherever it is: held, or read from the record. */
  async show(id: string): Promise<void> {
    if (this.held().every((one) => one.id !== id)) {
      const reading = this.turn;
      try {
        const found = await readJson<HeldSignal>(await fetch(`/api/signals/${encodeURIComponent(id)}`));
        if (this.turn !== reading) return;
        this.hold([found]);
        // One that is older than all there is room for is held as long as nothing new comes.
        if (this.held().every((one) => one.id !== id)) this.held.update((held) => [...held.slice(1), found]);
        this.failure.set(null);
      } catch (error) {
        this.failure.set(wordsOfFailure(error));
        return;
      }
    }
    this.open(id);
  }

  /** Has the server recompute the open signal; `proof` says what it came to. */
  async verifyOpened(): Promise<void> {
    const id = this.openedId();
    if (id === null) return;
    this.openProof.set({ kind: 'busy' });
    const proof = await proofOf(id);
    if (this.openedId() === id) this.openProof.set(proof);
  }

  private async read(replay: string | null): Promise<void> {
    const path = replay === null ? '/api/signals' : `/api/replay/${replay}/signals`;
    const reading = this.turn;
    const isCurrent = (): boolean => this.turn === reading;
    try {
      const found = await readJson<HeldSignal[]>(await fetch(`${path}?limit=${READ_AT_ONCE}`));
      if (!isCurrent()) return;
      this.hold(found);
      this.failure.set(null);
    } catch (error) {
      if (isCurrent()) this.failure.set(wordsOfFailure(error));
    }
  }

  private hold(more: readonly HeldSignal[]): void {
    const byId = new Map([...this.held(), ...more].map((one) => [one.id, one]));
    const newestFirst = [...byId.values()].sort((a, b) => b.bar_end - a.bar_end || (a.id < b.id ? -1 : 1));
    this.held.set(newestFirst.slice(0, MOST_HELD));
  }
}

async function proofOf(id: string): Promise<SignalProof> {
  try {
    const answer = await fetch(`/api/signals/${encodeURIComponent(id)}/verify`);
    const { holds, faults } = await readJson<{ holds: boolean; faults: string[] }>(answer);
    return holds ? { kind: 'holds' } : { kind: 'fails', faults };
  } catch (error) {
    return { kind: 'fails', faults: [wordsOfFailure(error)] };
  }
}
