import { Component, computed, inject, signal } from '@angular/core';
import { formatPrice } from '../../text/format';
import { Icon } from '../../ui/icon';
import type { GroupSeen, StatsSeen, TradeSeen } from './journal-answers';
import { JournalClient } from './journal-client';
import {
  formatMoney,
  formatR,
  formatShare,
  formatShareInterval,
  priceText,
  timesOf,
  tradeWords,
  dateOf,
} from './journal-words';
import { equityPicture, FEW, PICTURE, resultBars, whiskersOf } from './statistics-pictures';

const DAY_MS = 86_400_000;
const PERIODS = [
  ['all', 'Whole journal', null],
  ['30', 'Last 30 days', 30],
  ['90', 'Last 90 days', 90],
  ['365', 'Last year', 365],
] as const;
const TABLES = [
  ['setup', 'Setup'],
  ['hour', 'Hour'],
  ['rule', 'Rule'],
  ['session', 'Session'],
  ['weekday', 'Weekday'],
  ['symbol', 'Symbol'],
  ['tag', 'Tag'],
  ['hold-time', 'Held'],
  ['direction', 'Direction'],
  ['adherence', 'By your rules'],
] as const;
/** What stands for trades that have none. */
const NONE: Readonly<Record<string, string>> = {
  setup: 'No setup',
  rule: 'No rule',
  tag: 'No tag',
  adherence: 'Not said',
};
/** Trades opened from one figure. */
const MOST_OPENED = 100;

interface Row {
  readonly key: string;
  readonly name: string;
  readonly n: number;
  readonly won: string;
  readonly whisker: ReturnType<typeof whiskersOf>[number];
  readonly mean: string;
  readonly total: string;
  readonly isPale: boolean;
  readonly group: GroupSeen;
}

/** What the journal comes to: a sentence, a band of figures, pictures, and tables whose every row opens its trades. */
@Component({
  selector: 'st-statistics-view',
  imports: [Icon],
  templateUrl: './statistics-view.html',
  styleUrl: './statistics-view.css',
})
export class StatisticsView {
  private readonly client = inject(JournalClient);
  protected readonly periods = PERIODS;
  protected readonly picture = PICTURE;
  protected readonly few = FEW;
  protected readonly period = signal('all');
  protected readonly stats = signal<StatsSeen | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly opened = signal<{
    readonly title: string;
    readonly trades: readonly TradeSeen[];
    readonly rest: number;
  } | null>(null);

  /** Money where nothing has a stop, R where most trades do. */
  protected readonly inR = computed(() => {
    const summary = this.stats()?.summary;
    return summary !== undefined && summary.expectancyR.n * 2 >= summary.n && summary.expectancyR.n > 0;
  });
  protected readonly sentence = computed(() => sentenceOf(this.stats(), this.inR()));
  protected readonly cost = computed(() => costOf(this.stats(), this.inR()));
  protected readonly band = computed(() => bandOf(this.stats()));
  protected readonly equity = computed(() => {
    const stats = this.stats();
    if (stats === null) return null;
    const inR = this.inR();
    return equityPicture(stats.equity.map(({ total, totalR }) => (inR ? totalR : Number(total))));
  });
  protected readonly bars = computed(() => resultBars(this.stats()?.distribution ?? []));
  protected readonly tables = computed(() => {
    const stats = this.stats();
    return stats === null
      ? []
      : TABLES.map(([key, title]) => ({ key, title, rows: this.rowsOf(key, stats) })).filter(
          ({ key, rows }) => rows.length > 1 || key === 'setup' || key === 'hour',
        );
  });

  constructor() {
    void this.read();
  }

  protected choose(event: Event): void {
    this.period.set((event.target as HTMLSelectElement).value);
    void this.read();
  }

  protected async openTrades(title: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const shown = ids.slice(-MOST_OPENED);
    try {
      const trades = await this.client.trades(shown);
      this.opened.set({ title, trades, rest: ids.length - shown.length });
    } catch (error) {
      this.fault.set(error instanceof Error ? error.message : 'The server does not answer.');
    }
  }

  protected closeTrades(): void {
    this.opened.set(null);
  }

  protected moneyOf(trade: TradeSeen): string {
    return formatMoney(trade.net, trade.currency);
  }

  protected wordsOf(trade: TradeSeen): string {
    return `${dateOf(trade.openedAtMs)} ${timesOf(trade)}, ${trade.symbol}, ${tradeWords(trade)}${trade.exitPrice === null ? '' : `, out at ${priceText(trade.exitPrice)}`}`;
  }

  protected amount(value: number): string {
    return this.inR() ? formatR(value) : formatMoney(value, this.stats()?.currency ?? 'USD');
  }

  private rowsOf(dimension: string, stats: StatsSeen): Row[] {
    const groups = stats.breakdowns[dimension] ?? [];
    const inR = this.inR();
    const whiskers = whiskersOf(groups.map((group) => (inR ? group.expectancyR : group.expectancy)));
    return groups.map((group, place) => ({
      key: group.key,
      name:
        group.key === ''
          ? (NONE[dimension] ?? 'Not known')
          : dimension === 'hour'
            ? `${group.key}:00`
            : group.key,
      n: group.n,
      won: formatShare(group.winRate.value),
      whisker: whiskers[place] ?? null,
      mean: inR
        ? formatR(group.expectancyR.value, 2)
        : formatMoney(group.expectancy.value ?? 0, stats.currency),
      total: inR ? formatR(group.totalR) : formatMoney(group.net, stats.currency),
      isPale: group.n < FEW,
      group,
    }));
  }

  private async read(): Promise<void> {
    const days = PERIODS.find(([key]) => key === this.period())?.[2] ?? null;
    try {
      this.stats.set(
        await this.client.stats(days === null ? {} : { from: String(Date.now() - days * DAY_MS) }),
      );
      this.fault.set(null);
    } catch (error) {
      this.fault.set(error instanceof Error ? error.message : 'The server does not answer.');
    }
  }
}

function sentenceOf(stats: StatsSeen | null, inR: boolean) {
  const figure = inR ? stats?.summary.expectancyR : stats?.summary.expectancy;
  if (stats === null || figure === undefined || figure.value === null) return null;
  const write = (value: number): string =>
    inR ? `${formatPrice(value, 2)}R` : formatMoney(value, stats.currency).replace('+', '');
  return {
    verb: figure.value < 0 ? 'You lose' : 'You make',
    value: write(Math.abs(figure.value)),
    isLost: figure.value < 0,
    rest:
      figure.interval === null
        ? 'a trade; one trade says nothing about the next.'
        : `a trade; with 95% confidence it is between ${write(figure.interval.low)} and ${write(figure.interval.high)}.`,
  };
}

/** What broken rules cost, where the trader said so. */
function costOf(stats: StatsSeen | null, inR: boolean): string | null {
  const broken = stats?.breakdowns['adherence']?.find(({ key }) => key === 'broken');
  if (stats === null || broken === undefined) return null;
  const value = inR && broken.totalR !== null ? broken.totalR : Number(broken.net);
  const text =
    inR && broken.totalR !== null ? formatR(Math.abs(value)) : formatMoney(Math.abs(value), stats.currency);
  const tries = `${broken.n} ${broken.n === 1 ? 'try' : 'tries'}`;
  return `Trades against your rules ${value < 0 ? 'cost' : 'made'} you ${text.replace('+', '')} in ${tries}.`;
}

function bandOf(stats: StatsSeen | null) {
  if (stats === null) return [];
  const { summary, drawdown, streaks, breakdowns, currency } = stats;
  const kept = breakdowns['adherence']?.find(({ key }) => key === 'kept');
  return [
    { name: 'Trades', value: String(summary.n), note: '', ids: summary.tradeIds },
    {
      name: 'Won',
      value: formatShare(summary.winRate.value),
      note: formatShareInterval(summary.winRate),
      ids: summary.tradeIds,
    },
    {
      name: 'Profit factor',
      value: summary.profitFactor.value?.toFixed(2) ?? '–',
      note:
        summary.profitFactor.interval === null
          ? ''
          : `${summary.profitFactor.interval.low.toFixed(2)} to ${summary.profitFactor.interval.high.toFixed(2)}`,
      ids: summary.tradeIds,
    },
    {
      name: 'Total',
      value: formatMoney(summary.net, currency),
      note: summary.totalR === null ? '' : formatR(summary.totalR),
      ids: summary.tradeIds,
    },
    {
      name: 'Deepest drawdown',
      value: formatMoney(-Number(drawdown.depth), currency),
      note: '',
      ids: drawdown.tradeIds,
    },
    {
      name: 'Longest losing run',
      value: String(streaks.longestLoss.length),
      note: '',
      ids: streaks.longestLoss,
    },
    {
      name: 'By your rules',
      value: summary.n === 0 ? '–' : formatShare((kept?.n ?? 0) / summary.n),
      note: '',
      ids: kept?.tradeIds ?? [],
    },
  ];
}
