import { Component, computed, inject, signal } from '@angular/core';
import { DeskStatus } from '../../../data-access/desk-state';
import { MarketStore } from '../../../data-access/market-store';
import { SettingsStore } from '../../../data-access/settings-store';
import { stateSentence, TOUR_STEPS, WAY_TO_REAL_PRICES } from '../../../text/texts';

/** A short look around on the first visit, beside the chart and never over its newest bars. It can be left at any step. */
@Component({
  selector: 'st-tour',
  template: `
    <section aria-label="Tour">
      <p class="count">{{ place() + 1 }} of {{ steps.length }}</p>
      <h2>{{ step().title }}</h2>
      @if (place() === 0) {
        <p>{{ prices() }}</p>
      }
      <p>{{ step().text }}</p>
      <p class="buttons">
        <button type="button" class="btn ghost" (click)="leave()">
          {{ isLast() ? 'Close' : 'Skip' }}
        </button>
        @if (place() > 0) {
          <button type="button" class="btn" (click)="go(-1)">Back</button>
        }
        @if (!isLast()) {
          <button type="button" class="btn strong" (click)="go(1)">Next</button>
        }
      </p>
    </section>
  `,
  styleUrl: './tour.css',
  host: { '(keydown.escape)': 'leave()' },
})
export class Tour {
  private readonly settings = inject(SettingsStore);
  private readonly status = inject(DeskStatus);
  private readonly store = inject(MarketStore);
  protected readonly steps = TOUR_STEPS;
  protected readonly place = signal(0);
  protected readonly step = computed(() => TOUR_STEPS[this.place()] ?? TOUR_STEPS[0]);
  protected readonly isLast = computed(() => this.place() === TOUR_STEPS.length - 1);
  /** What the prices are, and how to get real ones where they are not. */
  protected readonly prices = computed(() => {
    const said = stateSentence(this.status.state(), this.store.status() ?? { source: '', reason: '' });
    return this.status.unreal() === 'simulated' ? `${said} ${WAY_TO_REAL_PRICES}` : said;
  });

  protected go(by: number): void {
    this.place.update((place) => Math.min(TOUR_STEPS.length - 1, Math.max(0, place + by)));
  }

  protected leave(): void {
    this.settings.change({ hasSeenTour: true });
  }
}
