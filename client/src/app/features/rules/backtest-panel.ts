import { Component, computed, DestroyRef, effect, inject, signal, untracked } from '@angular/core';
import type { BacktestResult } from '@libs/rules';
import { sendJson, wordsOfFailure } from '../../data-access/api-request';
import { formatCount } from '../../text/format';
import { Icon } from '../../ui/icon';
import { equityPath, formatR, hourBars, percent, whiskersOf } from './backtest-pictures';
import { RuleDesk } from './rule-desk';

/** What the open draft would have done over the bars on record: run on the server with the code that runs live. */
@Component({
  selector: 'st-backtest-panel',
  imports: [Icon],
  templateUrl: './backtest-panel.html',
  styleUrl: './backtest-panel.css',
})
export class BacktestPanel {
  private readonly desk = inject(RuleDesk);
  private readonly result = signal<BacktestResult | null>(null);
  private run: AbortController | null = null;

  protected readonly side = signal<'long' | 'short'>('long');
  protected readonly isRunning = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly canRun = computed(() => this.desk.check()?.isGood === true);
  protected readonly figures = computed(() => {
    const result = this.result();
    if (result === null) return null;
    const { statistics: all, signals, barsJudged, signalsSha256 } = result;
    const interval =
      all.hitRateLow === null || all.hitRateHigh === null
        ? ''
        : `${percent(all.hitRateLow)} to ${percent(all.hitRateHigh)}%`;
    return {
      opening: `${formatCount(signals.length)} ${signals.length === 1 ? 'signal' : 'signals'} in ${formatCount(barsJudged)} bars, ${formatCount(all.trades)} traded.`,
      isSmall: all.isSmallSample,
      hash: signalsSha256.slice(0, 8),
      band: [
        { name: 'Won', value: all.hitRate === null ? '–' : `${percent(all.hitRate)}%`, note: interval },
        { name: 'Mean', value: formatR(all.meanR), note: meanInterval(all.meanRLow, all.meanRHigh) },
        { name: 'Total', value: formatR(all.totalR), note: `deepest fall ${all.maxDrawdownR.toFixed(1)}R` },
        { name: 'Against, for', value: formatR(all.meanMaeR), note: formatR(all.meanMfeR) },
      ],
    };
  });
  protected readonly whiskers = computed(() => whiskersOf(this.result()?.forwardReturns ?? []));
  protected readonly hours = computed(() => hourBars(this.result()?.byHour ?? []));
  protected readonly equity = computed(() => {
    const result = this.result();
    return result === null ? null : equityPath(result);
  });

  constructor() {
    // What was found belongs to the rule it was found for.
    effect(() => {
      this.desk.rule();
      untracked(() => {
        this.cancel();
        this.result.set(null);
        this.fault.set(null);
      });
    });
    inject(DestroyRef).onDestroy(() => this.cancel());
  }

  protected chooseSide(side: 'long' | 'short'): void {
    this.side.set(side);
  }

  protected async start(): Promise<void> {
    const draft = this.desk.draft();
    if (draft === null) return;
    this.cancel();
    const run = new AbortController();
    this.run = run;
    this.isRunning.set(true);
    this.fault.set(null);
    try {
      const body = { rule: draft, side: this.side() };
      this.result.set(await sendJson<BacktestResult>('POST', '/api/rules/backtest', body, run.signal));
    } catch (error) {
      if (!run.signal.aborted) this.fault.set(wordsOfFailure(error));
    } finally {
      if (this.run === run) {
        this.run = null;
        this.isRunning.set(false);
      }
    }
  }

  /** The server stops as well: nobody waits for its answer any more. */
  protected cancel(): void {
    this.run?.abort();
    this.run = null;
    this.isRunning.set(false);
  }
}

function meanInterval(low: number | null, high: number | null): string {
  return low === null || high === null ? '' : `${formatR(low)} to ${formatR(high)}`;
}
