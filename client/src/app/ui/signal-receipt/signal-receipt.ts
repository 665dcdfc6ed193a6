import { Component, computed, input, output } from '@angular/core';
import { formatDate, formatFigure, formatPrice, formatTime, UNKNOWN } from '../../text/format';
import type { Zone } from '../../text/zone';
import { Icon } from '../icon';
import type { ListedSignal } from '../signal-list/signal-list';

/** What recomputing a signal came to. */
export type ProofState =
  | { readonly kind: 'none' | 'busy' | 'holds' }
  | { readonly kind: 'fails'; readonly faults: readonly string[] };

/** A signal's receipt: what it rests on, value by value, and whether the bars on record still give it. */
@Component({
  selector: 'st-signal-receipt',
  imports: [Icon],
  templateUrl: './signal-receipt.html',
  styleUrl: './signal-receipt.css',
})
export class SignalReceipt {
  readonly signal = input.required<ListedSignal>();
  readonly zone = input.required<Zone>();
  readonly decimals = input(2);
  readonly proof = input<ProofState>({ kind: 'none' });
  /** Whether the way to the bar on the chart is offered. */
  readonly hasWay = input(false);
  /** Whether a replay gave it: it is on no record it could be verified with. */
  readonly isReplayed = input(false);
  /** Whether the way to a replay of it is offered. */
  readonly canReplay = input(false);
  readonly verify = output();
  readonly replay = output();
  readonly show = output();
  readonly dismiss = output();

  protected readonly facts = computed(() => {
    const { bar_start, ohlcv, bars, rule, timeframe } = this.signal();
    const zone = this.zone();
    const counted = bars.reduce((sum, { count }) => sum + count, 0);
    return {
      when: `${formatDate(bar_start, zone)} ${formatTime(bar_start, zone)} ${zone.label}`,
      close: formatPrice(ohlcv.c, this.decimals()),
      rests: `Rests on ${counted} ${counted === 1 ? 'bar' : 'bars'} of ${timeframe}`,
      rule: `Rule v${rule.version}`,
      hash: rule.hash.slice(0, 8),
    };
  });
  protected readonly values = computed(() =>
    this.signal().values.map(({ of, timeframe, value }) => ({
      of: timeframe === this.signal().timeframe ? of : `${timeframe} ${of}`,
      value: value === null ? UNKNOWN : formatFigure(value),
    })),
  );
  protected readonly faults = computed(() => {
    const proof = this.proof();
    return proof.kind === 'fails' ? proof.faults : [];
  });
}
