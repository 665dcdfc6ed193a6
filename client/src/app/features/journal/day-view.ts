import { Component, computed, DestroyRef, effect, inject, signal, untracked, viewChild } from '@angular/core';
import { seqOf, type Bar, type Timeframe } from '@libs/bars';
import type { JournalEntry } from '@libs/contract';
import { Commands } from '../../data-access/commands';
import { HistoryClient } from '../../data-access/history-client';
import { ReplayStore } from '../../data-access/replay-store';
import { ViewStore } from '../../data-access/view-store';
import { formatTime } from '../../text/format';
import { Icon } from '../../ui/icon';
import { DayChart } from './day-chart';
import { EntryPanel } from './entry-panel';
import type { DaySeen, StatsSeen, TradeSeen } from './journal-answers';
import { JournalClient } from './journal-client';
import {
  boundsOfMonth,
  dateOf,
  datePlus,
  dateTitle,
  formatBounds,
  formatMoney,
  formatR,
  JOURNAL_ZONE,
  monthPlus,
  timesOf,
  tradeWords,
} from './journal-words';
import { MonthCalendar } from './month-calendar';
import { TradeForm } from './trade-form';

/** Bars of one day in any timeframe that is drawn here. */
const MOST_BARS = 1_000;
const CHART_TIMEFRAME: Timeframe = '5m';
/** How long what was deleted can be brought back by its toast. */
const UNDO_MS = 8_000;
/** Before and after the trades that much of the day is drawn. */
const AROUND_MS = 90 * 60_000;
const HOUR_MS = 3_600_000;
/** A replay of one's own day begins so long before the first entry, and plays at this speed. */
const LEAD_MS = 10 * 60_000;
const REPLAY_SPEED = 10;
/** As many symbols as one replay takes. */
const MOST_REPLAYED = 20;

/** A month, a day of it as chart and table, and the entry of the trade that is chosen. */
@Component({
  selector: 'st-day-view',
  imports: [DayChart, EntryPanel, Icon, MonthCalendar, TradeForm],
  templateUrl: './day-view.html',
  styleUrl: './day-view.css',
})
export class DayView {
  private readonly client = inject(JournalClient);
  private readonly history = inject(HistoryClient);
  private readonly views = inject(ViewStore);
  protected readonly replays = inject(ReplayStore);
  private readonly form = viewChild.required(TradeForm);
  private readonly panel = viewChild(EntryPanel);

  protected readonly date = signal('');
  protected readonly month = computed(() => this.shownMonth() ?? this.date().slice(0, 7));
  private readonly shownMonth = signal<string | null>(null);
  protected readonly monthStats = signal<StatsSeen | null>(null);
  protected readonly day = signal<DaySeen | null>(null);
  protected readonly bars = signal<readonly Bar[]>([]);
  protected readonly chartReason = signal('Reading the day.');
  protected readonly fault = signal<string | null>(null);
  protected readonly chosenId = signal<string | null>(null);
  protected readonly undo = signal<{ readonly words: string; readonly run: () => Promise<void> } | null>(
    null,
  );
  private undoTimer = 0;

  protected readonly trades = computed(() => this.day()?.trades ?? []);
  protected readonly chosen = computed(
    () => this.trades().find(({ id }) => id === this.chosenId()) ?? this.trades()[0] ?? null,
  );
  protected readonly symbol = computed(() => this.chosen()?.symbol ?? null);
  protected readonly shownTrades = computed(() =>
    this.trades().filter(({ symbol }) => symbol === this.symbol()),
  );
  protected readonly shownSignals = computed(
    () => this.day()?.signals.filter(({ symbol }) => symbol === this.symbol()) ?? [],
  );
  protected readonly notes = computed(
    () => this.day()?.entries.filter(({ fillId }) => fillId === null) ?? [],
  );
  protected readonly title = computed(() => (this.date() === '' ? 'Journal' : dateTitle(this.date())));
  protected readonly sentence = computed(() =>
    this.day() === null ? 'Reading the day.' : sentenceOf(this.trades()),
  );
  protected readonly totals = computed(() => totalsOf(this.closedToday()));
  protected readonly rows = computed(() => this.trades().map(rowOf));
  protected readonly monthFacts = computed(() => monthFactsOf(this.monthStats()));
  private readonly closedToday = computed(() => {
    const day = this.day();
    return this.trades().filter(
      ({ closedAtMs }) => day !== null && closedAtMs !== null && closedAtMs < day.toMs,
    );
  });

  constructor() {
    void this.begin();
    const remove = inject(Commands).add([
      {
        id: 'journal-trade',
        name: 'Record a trade',
        group: 'Journal',
        keys: ['N'],
        run: () => this.newTrade(),
      },
      { id: 'journal-before', name: 'The day before', group: 'Journal', keys: ['['], run: () => this.go(-1) },
      {
        id: 'journal-replay',
        name: 'Replay my own day',
        group: 'Journal',
        keys: ['G', 'O'],
        run: () => void this.replayDay(),
      },
      { id: 'journal-after', name: 'The day after', group: 'Journal', keys: [']'], run: () => this.go(1) },
    ]);
    inject(DestroyRef).onDestroy(remove);
    effect(() => {
      const [symbol, day] = [this.symbol(), this.day()];
      untracked(() => void this.readBars(symbol, day));
    });
    effect(() => {
      const month = this.month();
      untracked(() => void this.readMonth(month));
    });
  }

  protected newTrade(): void {
    this.form().open();
  }

  /** Plays the day again on the desk, from before the first entry of the trade that is chosen, its symbol first. */
  protected async replayDay(): Promise<void> {
    const [day, chosen] = [this.day(), this.chosen()];
    if (day === null || chosen === null) return;
    const symbols = [...new Set([chosen.symbol, ...this.trades().map(({ symbol }) => symbol)])];
    const began = await this.replays.start({
      symbols: symbols.slice(0, MOST_REPLAYED),
      from: Math.max(day.fromMs, chosen.openedAtMs - LEAD_MS),
      speed: REPLAY_SPEED,
      timeframe: '1m',
      paused: false,
    });
    if (began) this.views.open('desk');
    else
      this.fault.set(`The day cannot be replayed: ${this.replays.fault() ?? 'the server does not answer.'}`);
  }

  protected go(days: number): void {
    void this.open(datePlus(this.date(), days));
  }

  protected stepMonth(months: number): void {
    this.shownMonth.set(monthPlus(this.month(), months));
  }

  protected async open(date: string): Promise<void> {
    this.date.set(date);
    this.shownMonth.set(null);
    await this.reload();
  }

  /** Reads day and month again; the choice stays. */
  protected async reload(): Promise<void> {
    const date = this.date();
    try {
      const day = await this.client.day(date);
      if (date !== this.date()) return;
      this.day.set(day);
      this.fault.set(null);
    } catch (error) {
      this.fault.set(error instanceof Error ? error.message : 'The server does not answer.');
    }
    await this.readMonth(this.month());
  }

  /** Arrow keys choose a trade, digits rate it. */
  protected press(event: KeyboardEvent): void {
    const trades = this.trades();
    const at = trades.findIndex(({ id }) => id === this.chosen()?.id);
    const to = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : null;
    const next = to === null ? undefined : trades[to];
    if (next !== undefined) {
      this.chosenId.set(next.id);
      event.preventDefault();
      const list = event.currentTarget as HTMLElement;
      list.querySelectorAll<HTMLElement>('[data-trade]')[to ?? 0]?.focus();
    }
    if (/^[1-5]$/.test(event.key)) this.panel()?.rate(Number(event.key));
  }

  protected afterDelete(entry: JournalEntry): void {
    this.offerUndo('Entry deleted.', async () => {
      await this.client.restore(entry.id, entry.version, entry.version - 1);
      this.chosenId.set(this.chosen()?.id ?? null);
    });
    void this.reload();
  }

  protected async takeBack(): Promise<void> {
    const offered = this.undo();
    this.undo.set(null);
    const chosen = this.chosen()?.id ?? null;
    await offered?.run();
    // The panel holds what it was told; it is told anew.
    this.day.set(null);
    await this.reload();
    this.chosenId.set(chosen);
  }

  protected timeOf(atMs: number): string {
    return formatTime(atMs, JOURNAL_ZONE);
  }

  private offerUndo(words: string, run: () => Promise<void>): void {
    this.undo.set({ words, run });
    clearTimeout(this.undoTimer);
    this.undoTimer = window.setTimeout(() => {
      this.undo.set(null);
    }, UNDO_MS);
  }

  /** Opens the day of the newest trade; today without any. */
  private async begin(): Promise<void> {
    try {
      const { lastClosedAtMs } = await this.client.stats({ from: '0', to: '1' });
      await this.open(dateOf(lastClosedAtMs ?? Date.now()));
    } catch (error) {
      this.fault.set(error instanceof Error ? error.message : 'The server does not answer.');
    }
  }

  private async readMonth(month: string): Promise<void> {
    if (month === '') return;
    const { fromMs, toMs } = boundsOfMonth(month);
    const stats = await this.client.stats({ from: String(fromMs), to: String(toMs) }).catch(() => null);
    if (month === this.month()) this.monthStats.set(stats);
  }

  private async readBars(symbol: string | null, day: DaySeen | null): Promise<void> {
    this.bars.set([]);
    if (symbol === null || day === null) return;
    this.chartReason.set('Reading the bars.');
    try {
      const bars = await this.history.bars({
        symbol,
        timeframe: CHART_TIMEFRAME,
        limit: MOST_BARS,
        sinceSeq: seqOf(day.fromMs, CHART_TIMEFRAME) - 1,
        before: seqOf(day.toMs, CHART_TIMEFRAME),
      });
      if (symbol !== this.symbol() || day !== this.day()) return;
      this.bars.set(around(bars, this.shownTrades()));
      if (bars.length === 0) this.chartReason.set(`No bars of ${symbol} are on record for this day.`);
    } catch {
      this.chartReason.set(`No bars of ${symbol} are on record here.`);
    }
  }
}

/** The part of the day in which something was traded, at least the regular session's hours around it. */
function around(bars: readonly Bar[], trades: readonly TradeSeen[]): readonly Bar[] {
  const times = trades.flatMap(({ legs }) => legs.map(({ atMs }) => atMs));
  if (bars.length * 5 * 60_000 <= 8 * HOUR_MS) return bars;
  const [from, to] = [Math.min(...times) - AROUND_MS, Math.max(...times) + AROUND_MS];
  return bars.filter(({ bar_start, bar_end }) => bar_end > from && bar_start < to);
}

function sentenceOf(trades: readonly TradeSeen[]): string {
  if (trades.length === 0) return 'No trade on this day.';
  const symbols = [...new Set(trades.map(({ symbol }) => symbol))];
  const kept = trades.filter(({ entry }) => entry?.followedRules === true).length;
  const count = `${trades.length} ${trades.length === 1 ? 'trade' : 'trades'} in ${symbols.slice(0, 3).join(', ')}`;
  return `${count}${symbols.length > 3 ? ' and others' : ''}, ${kept} by your rules.`;
}

interface Totals {
  readonly net: string;
  readonly isLost: boolean;
  readonly inR: string;
  readonly fees: string;
}

function totalsOf(closed: readonly TradeSeen[]): Totals | null {
  const currency = closed[0]?.currency;
  if (currency === undefined || closed.some((trade) => trade.currency !== currency)) return null;
  const sum = (field: 'net' | 'fees') => closed.reduce((total, trade) => total + Number(trade[field]), 0);
  const measured = closed.flatMap(({ risk }) => risk?.realisedR ?? []);
  return {
    net: formatMoney(sum('net'), currency),
    isLost: sum('net') < 0,
    inR: measured.length === 0 ? formatR(null) : formatR(measured.reduce((total, one) => total + one, 0)),
    fees: formatMoney(-sum('fees'), currency),
  };
}

function rowOf(trade: TradeSeen) {
  const { id, symbol, net, currency, risk, excursion, entry, signals } = trade;
  const moved = excursion.value;
  return {
    id,
    symbol,
    times: timesOf(trade),
    words: tradeWords(trade),
    why: entry?.setup ?? signals[0]?.ruleName ?? null,
    net: formatMoney(net, currency),
    isLost: Number(net) < 0,
    result: formatR(risk?.realisedR ?? null),
    heat: moved === null ? '–' : formatBounds(moved.adverseR ?? moved.adverse),
    best: moved === null ? '–' : formatBounds(moved.favourableR ?? moved.favourable),
    isInR: moved?.adverseR !== null && moved !== null,
    rating: entry?.rating ?? 0,
  };
}

function monthFactsOf(stats: StatsSeen | null) {
  if (stats === null || stats.summary.n === 0) return null;
  const { summary, breakdowns, currency } = stats;
  const groupOf = (key: string) => breakdowns['adherence']?.find((group) => group.key === key);
  const [kept, broken] = [groupOf('kept'), groupOf('broken')];
  return {
    net: formatMoney(summary.net, currency),
    isLost: Number(summary.net) < 0,
    trades: summary.n,
    kept: `${kept?.n ?? 0} of ${summary.n}`,
    broken: broken && {
      name: `${broken.n} against your rules ${Number(broken.net) < 0 ? 'cost' : 'made'}`,
      net: formatMoney(broken.net, currency),
    },
  };
}
