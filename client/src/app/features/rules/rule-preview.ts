import { Component, computed, DestroyRef, effect, inject, signal, untracked } from '@angular/core';
import type { Seq } from '@libs/bars';
import type { CompiledRule } from '@libs/rules';
import { wordsOfFailure } from '../../data-access/api-request';
import { Appearance } from '../../data-access/appearance';
import { DeskZone } from '../../data-access/desk-zone';
import { HistoryClient } from '../../data-access/history-client';
import { MarketStore } from '../../data-access/market-store';
import { sessionsOf } from '../../data-access/sessions-of';
import { formatTime } from '../../text/format';
import { Icon } from '../../ui/icon';
import type { ChartChange, FollowSeries } from '../../ui/price-chart/chart-change';
import { PriceChart } from '../../ui/price-chart/price-chart';
import type { ChartMark } from '../../ui/price-chart/signal-marks';
import { bareNeed, explainAt, leavesOf, previewSignals, readPreviewBars, type PreviewBars } from './preview';
import { RuleDesk } from './rule-desk';

/** Typing goes on this long before bars are read for it. */
const PAUSE_MS = 250;

/** What a draft would have done on the symbol in view, computed here with the code that runs live; and why not elsewhere. */
@Component({
  selector: 'st-rule-preview',
  imports: [Icon, PriceChart],
  templateUrl: './rule-preview.html',
  styleUrl: './rule-preview.css',
})
export class RulePreview {
  private readonly desk = inject(RuleDesk);
  private readonly history = inject(HistoryClient);
  private readonly store = inject(MarketStore);
  private readonly bars = signal<PreviewBars | null>(null);
  private readonly asked = signal<Seq | null>(null);
  private readonly listeners = new Set<(change: ChartChange) => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readFor = '';

  protected readonly fault = signal<string | null>(null);
  protected readonly colours = inject(Appearance).colours;
  protected readonly symbol = computed(() => this.store.selection().symbol);
  private readonly calendar = computed(() => this.store.symbol()?.calendar ?? 'XNYS');
  protected readonly decimals = computed(() => this.store.symbol()?.price_decimals ?? 2);
  protected readonly zone = inject(DeskZone).zone;
  protected readonly sessionOf = computed(() =>
    this.calendar() === '24x7' ? null : sessionsOf(this.calendar()),
  );
  protected readonly timeframe = computed(() => this.desk.draft()?.timeframe ?? '1m');
  private readonly compiled = computed<CompiledRule | null>(() => {
    const check = this.desk.check();
    return check?.isGood === true ? check.compiled : null;
  });
  private readonly signals = computed(() => {
    const [compiled, bars] = [this.compiled(), this.bars()];
    if (compiled === null || bars?.timeframe !== compiled.rule.timeframe) return null;
    return previewSignals(compiled, bars);
  });
  protected readonly marks = computed<readonly ChartMark[]>(() =>
    (this.signals() ?? []).map(({ id, bar_start }) => ({
      id,
      name: 'would have fired',
      barStartMs: bar_start,
      isFresh: true,
    })),
  );
  protected readonly count = computed(() => {
    const signals = this.signals();
    if (signals === null) return null;
    const times = ['not have fired', 'have fired once', 'have fired twice'];
    return `On these bars it would ${times[signals.length] ?? `have fired ${signals.length} times`}`;
  });
  protected readonly why = computed(() => {
    const [compiled, bars, seq] = [this.compiled(), this.bars(), this.asked()];
    if (compiled === null || bars === null || seq === null) return null;
    const bar = bars.shown.find((one) => one.seq === seq);
    const found = bar === undefined ? undefined : explainAt(compiled, bars, seq);
    if (bar === undefined || found === undefined) return null;
    const when = formatTime(bar.bar_start, this.zone());
    return {
      title: found.outcome === 'signal' ? `Why at ${when}?` : `Why not at ${when}?`,
      words: found.words,
      parts: leavesOf(found.condition).map(({ text, holds, words }) => ({ text, holds, words })),
    };
  });
  protected readonly follow: FollowSeries = (listener) => {
    this.listeners.add(listener);
    this.tell(listener);
    return () => this.listeners.delete(listener);
  };

  constructor() {
    effect(() => {
      const compiled = this.compiled();
      const symbol = this.symbol();
      if (compiled === null || symbol === '') return;
      untracked(() => this.readSoon(compiled, symbol));
    });
    effect(() => {
      this.bars();
      untracked(() => {
        for (const listener of this.listeners) this.tell(listener);
      });
    });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
    });
  }

  protected ask(startMs: number): void {
    const bar = this.bars()?.shown.find(({ bar_start }) => bar_start === startMs);
    this.asked.set(bar?.seq ?? null);
  }

  protected askMark(id: string): void {
    const signal = this.signals()?.find((one) => one.id === id);
    if (signal !== undefined) this.asked.set(signal.seq);
  }

  protected close(): void {
    this.asked.set(null);
  }

  private readSoon(compiled: CompiledRule, symbol: string): void {
    const need = `${bareNeed(compiled, symbol)} ${this.store.origin().replay ?? ''}`;
    if (need === this.readFor) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.read(compiled, symbol, need),
      this.bars() === null ? 0 : PAUSE_MS,
    );
  }

  private async read(compiled: CompiledRule, symbol: string, need: string): Promise<void> {
    this.readFor = need;
    try {
      const origin = this.store.origin();
      const history: Pick<HistoryClient, 'bars'> = {
        bars: (request) => this.history.bars({ ...request, ...origin }),
      };
      const bars = await readPreviewBars(history, compiled, symbol, this.calendar());
      if (this.readFor !== need) return;
      this.bars.set(bars);
      this.fault.set(null);
    } catch (error) {
      if (this.readFor === need) this.readFor = '';
      this.fault.set(wordsOfFailure(error));
    }
  }

  private tell(listener: (change: ChartChange) => void): void {
    const bars = this.bars();
    const timeframe = bars?.timeframe ?? this.timeframe();
    listener({
      kind: 'seed',
      selection: { symbol: bars?.symbol ?? this.symbol(), timeframe },
      series: { bars: bars?.shown ?? [], forming: null },
    });
  }
}
