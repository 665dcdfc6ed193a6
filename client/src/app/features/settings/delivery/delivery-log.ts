import { Component, computed, inject, input, output } from '@angular/core';
import { DeskClock } from '../../../data-access/desk-clock';
import { DeskZone } from '../../../data-access/desk-zone';
import type { Delivery } from '../../../data-access/delivery-client';
import { SignalStore } from '../../../data-access/signal-store';
import { ViewStore } from '../../../data-access/view-store';
import { formatMoment } from '../../../text/format';

const STATE_WORDS: Readonly<Record<Delivery['state'], string>> = {
  waiting: 'Waits',
  delivered: 'Delivered',
  failed: 'Given up',
};

/** What was sent, is being tried, or was given up; each line opens its receipt. */
@Component({
  selector: 'st-delivery-log',
  templateUrl: './delivery-log.html',
  styleUrl: './delivery-log.css',
})
export class DeliveryLog {
  private readonly clock = inject(DeskClock);
  private readonly zone = inject(DeskZone).zone;
  private readonly signals = inject(SignalStore);
  private readonly views = inject(ViewStore);

  readonly log = input.required<readonly Delivery[]>();
  readonly refresh = output();
  protected readonly lines = computed(() => {
    const zone = this.zone();
    const nowMs = this.clock.nowMs();
    return this.log().map(({ id, signal, title, bar_start, state, attempts, outcome }) => ({
      id,
      signal,
      title,
      at: formatMoment(bar_start, nowMs, zone),
      state,
      words: STATE_WORDS[state],
      detail: [outcome ?? '', ...(attempts > 1 ? [`try ${attempts}`] : [])].filter(Boolean).join(', '),
    }));
  });

  protected open(signal: string): void {
    this.views.open('desk');
    void this.signals.show(signal);
  }
}
