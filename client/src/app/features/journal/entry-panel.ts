import { Component, computed, effect, inject, input, output, signal, untracked } from '@angular/core';
import { formatChange, formatPrice, formatSpan, formatTime, UNKNOWN } from '../../text/format';
import type { JournalEntry, TranscriptLine } from '@libs/contract';
import type { TradeSeen } from './journal-answers';
import { JournalClient } from './journal-client';
import { formatMoney, formatR, JOURNAL_ZONE, timesOf, tradeWords } from './journal-words';

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
}

/** What was said so long before an entry, and after it, belongs to it. */
const SAID_BEFORE_MS = 15 * 60_000;
const SAID_AFTER_MS = 5 * 60_000;
const RATINGS = [1, 2, 3, 4, 5] as const;

/** What the desk knows about a trade, and what the trader says about it. Saved as it is left, or with Ctrl and Enter. */
@Component({
  selector: 'st-entry-panel',
  templateUrl: './entry-panel.html',
  styleUrl: './entry-panel.css',
})
export class EntryPanel {
  readonly trade = input.required<TradeSeen>();
  /** The entry was saved, deleted or brought back. */
  readonly changed = output();
  /** It was deleted, and can be brought back. */
  readonly deleted = output<JournalEntry>();
  private readonly client = inject(JournalClient);

  protected readonly ratings = RATINGS;
  protected readonly text = signal('');
  protected readonly tags = signal<readonly string[]>([]);
  protected readonly rating = signal<number | null>(null);
  protected readonly setup = signal('');
  protected readonly followed = signal<boolean | null>(null);
  protected readonly stop = signal('');
  protected readonly target = signal('');
  protected readonly state = signal('');
  protected readonly fault = signal<string | null>(null);
  protected readonly said = signal<readonly TranscriptLine[]>([]);
  protected readonly versions = signal<readonly JournalEntry[] | null>(null);
  private entry: JournalEntry | null = null;
  private saving: Promise<void> | null = null;

  protected readonly title = computed(() => `${tradeWords(this.trade())}, ${timesOf(this.trade())}`);
  protected readonly net = computed(() => formatMoney(this.trade().net, this.trade().currency));
  protected readonly isLost = computed(() => Number(this.trade().net) < 0);
  protected readonly facts = computed(() => factsOf(this.trade()));
  protected readonly levels = computed(() => levelsOf(this.trade()));

  constructor() {
    // Another trade is another entry; a trade read again is the same one, and what was typed stays.
    const id = computed(() => this.trade().id);
    effect(() => {
      id();
      untracked(() => {
        this.take(this.trade().entry);
        void this.readSaid(this.trade());
      });
    });
  }

  /** An offer: a trade without words is a trade all the same. */
  private async readSaid({ id, symbol, openedAtMs }: TradeSeen): Promise<void> {
    this.said.set([]);
    const said = this.client.said(symbol, openedAtMs - SAID_BEFORE_MS, openedAtMs + SAID_AFTER_MS);
    const lines = await said.catch(() => []);
    if (id === this.trade().id) this.said.set(lines);
  }

  protected addTag(field: HTMLInputElement): void {
    const tag = field.value.trim();
    field.value = '';
    if (tag === '' || this.tags().includes(tag)) return;
    this.tags.update((tags) => [...tags, tag]);
    void this.save();
  }

  protected dropTag(tag: string): void {
    this.tags.update((tags) => tags.filter((one) => one !== tag));
    void this.save();
  }

  /** Rates the trade; the same rating again takes it away. */
  rate(rating: number): void {
    this.rating.set(this.rating() === rating ? null : rating);
    void this.save();
  }

  protected sayFollowed(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.followed.set(value === '' ? null : value === 'yes');
    void this.save();
  }

  /** One save after another: each names the version it changes. */
  async save(): Promise<void> {
    while (this.saving !== null) await this.saving;
    if (!this.isTouched()) return;
    this.saving = this.write().finally(() => {
      this.saving = null;
    });
    await this.saving;
  }

  protected async remove(): Promise<void> {
    const { entry } = this;
    if (entry === null) return;
    try {
      await this.client.remove(entry);
      this.take(null);
      this.deleted.emit({ ...entry, version: entry.version + 1 });
    } catch (error) {
      this.fault.set(wordsOf(error));
    }
  }

  protected async showVersions(): Promise<void> {
    if (this.entry !== null) this.versions.set(await this.client.versions(this.entry.id));
  }

  protected async goBackTo(version: number): Promise<void> {
    if (this.entry === null) return;
    this.take(await this.client.restore(this.entry.id, this.entry.version, version));
    this.changed.emit();
  }

  protected timeOf(atMs: number): string {
    return formatTime(atMs, JOURNAL_ZONE);
  }

  protected get hasEntry(): boolean {
    return this.entry !== null;
  }

  private async write(): Promise<void> {
    const { entry } = this;
    const draft = this.draft();
    try {
      const kept =
        entry === null
          ? await this.client.create(draft)
          : await this.client.change(entry.id, entry.version, draft);
      this.entry = kept;
      this.fault.set(null);
      this.state.set(stateOf(kept));
      this.changed.emit();
    } catch (error) {
      this.fault.set(`The entry was not saved. ${wordsOf(error)} Your text is kept here.`);
    }
  }

  private draft() {
    const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
    return {
      text: this.text(),
      tags: [...this.tags()],
      rating: this.rating(),
      setup: orNull(this.setup()),
      followedRules: this.followed(),
      stop: orNull(this.stop()),
      target: orNull(this.target()),
      fillId: this.entry?.fillId ?? this.trade().legs[0]?.fillId ?? null,
    };
  }

  private isTouched(): boolean {
    const { entry } = this;
    const { text, tags, rating, setup, followedRules, stop, target } = this.draft();
    const now = JSON.stringify([text, tags, rating, setup, followedRules, stop, target]);
    const before =
      entry === null
        ? ['', [], null, null, null, null, null]
        : [entry.text, entry.tags, entry.rating, entry.setup, entry.followedRules, entry.stop, entry.target];
    return now !== JSON.stringify(before);
  }

  private take(entry: JournalEntry | null): void {
    this.entry = entry;
    this.text.set(entry?.text ?? '');
    this.tags.set(entry?.tags ?? []);
    this.rating.set(entry?.rating ?? null);
    this.setup.set(entry?.setup ?? '');
    this.followed.set(entry?.followedRules ?? null);
    this.stop.set(entry?.stop ?? '');
    this.target.set(entry?.target ?? '');
    this.versions.set(null);
    this.fault.set(null);
    this.state.set(entry === null ? '' : stateOf(entry));
  }
}

function stateOf({ version }: JournalEntry): string {
  const earlier = version - 1;
  return earlier === 0 ? 'Saved.' : `Saved. ${earlier} earlier ${earlier === 1 ? 'version' : 'versions'}`;
}

function factsOf({
  signals,
  risk,
  excursion,
  atEntry,
  heldMs,
  session,
  fees,
  currency,
  net,
}: TradeSeen): Fact[] {
  const market = atEntry.value;
  const moved = excursion.value;
  const inMoney = (bounds: { low: number; high: number | null }): string =>
    bounds.high === null
      ? `at least ${formatPrice(bounds.low, 2)}`
      : `${formatPrice(bounds.low, 2)} to ${formatPrice(bounds.high, 2)}`;
  return [
    {
      name: 'Signal at entry',
      value: signals[0] === undefined ? 'none' : `${signals[0].ruleName} v${signals[0].ruleVersion}`,
      note: signals[0] && `${formatTime(signals[0].barStartMs, JOURNAL_ZONE)}: ${signals[0].explanation}`,
    },
    {
      name: 'Planned risk',
      value: risk === null ? UNKNOWN : formatPrice(risk.money, 2),
      note: risk === null ? 'Needs a planned stop.' : undefined,
    },
    ...(risk?.plannedR === null || risk === null ? [] : [{ name: 'Planned', value: formatR(risk.plannedR) }]),
    {
      name: 'Result',
      value: `${risk === null ? formatMoney(net, currency) : formatR(risk.realisedR)}${heldMs === null ? '' : ` in ${formatSpan(heldMs)}`}`,
    },
    { name: 'Fees', value: formatMoney(-Number(fees), currency) },
    { name: 'Session', value: session ?? UNKNOWN },
    {
      name: 'RVOL at entry',
      value: market?.rvol?.toFixed(2) ?? UNKNOWN,
      note:
        market === null
          ? atEntry.unknownBecause
          : market.rvol === null
            ? 'Needs ten days of bars.'
            : undefined,
    },
    {
      name: 'Heat, in money',
      value: moved === null ? UNKNOWN : inMoney(moved.adverse),
      note: moved === null ? excursion.unknownBecause : `Bounds from ${moved.timeframe} bars.`,
    },
    { name: 'Best, in money', value: moved === null ? UNKNOWN : inMoney(moved.favourable) },
  ];
}

function levelsOf({ atEntry }: TradeSeen): Fact[] {
  return (atEntry.value?.levels ?? []).map(({ name, distance }) => ({
    name: `Distance to ${name}`,
    value: formatChange(distance, 2),
  }));
}

function wordsOf(error: unknown): string {
  return error instanceof Error && !(error instanceof TypeError)
    ? error.message
    : 'The server does not answer.';
}
