import { Component, computed, inject, signal } from '@angular/core';
import type { TranscriptLine } from '@libs/contract';
import { BeamStore } from '../../data-access/beam-store';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskZone } from '../../data-access/desk-zone';
import { MarketStore } from '../../data-access/market-store';
import { ViewStore } from '../../data-access/view-store';
import { formatDate, formatMoment } from '../../text/format';
import { TranscriptStore } from './transcript-store';

const DAY_MS = 86_400_000;

/** What was said before: searched, gone back to on the chart, and deleted. */
@Component({
  selector: 'st-transcript',
  templateUrl: './transcript.html',
  styleUrl: './transcript.css',
})
export class Transcript {
  protected readonly store = inject(TranscriptStore);
  private readonly beams = inject(BeamStore);
  private readonly clock = inject(DeskClock);
  private readonly market = inject(MarketStore);
  private readonly views = inject(ViewStore);
  private readonly zone = inject(DeskZone).zone;

  /** Whether the trader is asked if everything is to be deleted. */
  protected readonly isAskingToDelete = signal(false);
  protected readonly words = signal('');
  /** Line whose moment the chart shows. */
  protected readonly shown = signal<number | null>(null);
  protected readonly rows = computed(() => {
    const nowMs = this.clock.nowMs();
    const known = new Set(this.market.symbols().map(({ symbol }) => symbol));
    return this.store.lines().map((line) => ({
      line,
      who: line.who === 'coach' ? 'Coach' : 'You',
      moment: [line.symbol ?? '', this.momentOf(line, nowMs)].join(' ').trim(),
      hasPlace: line.symbol !== null && known.has(line.symbol),
    }));
  });

  constructor() {
    void this.store.search('');
  }

  protected search(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.words.set(value.trim());
    void this.store.search(value);
  }

  /** The chart goes to where it stood when this was said. */
  protected goTo({ id, symbol, timeframe, at }: TranscriptLine): void {
    if (symbol === null) return;
    this.shown.set(id);
    this.views.open('desk');
    this.market.show({ symbol, timeframe: timeframe ?? this.market.selection().timeframe });
    this.beams.reveal({ symbol, atMs: at });
  }

  protected async removeAll(): Promise<void> {
    this.isAskingToDelete.set(false);
    this.words.set('');
    await this.store.removeAll();
  }

  private momentOf({ at }: TranscriptLine, nowMs: number): string {
    const moment = formatMoment(at, nowMs, this.zone());
    return nowMs - at < 6 * DAY_MS ? moment : `${formatDate(at, this.zone())} ${moment.slice(-5)}`;
  }
}
