import { Component, computed, inject, output, viewChild } from '@angular/core';
import { CompletenessCheck } from '../../data-access/completeness';
import { DeskZone } from '../../data-access/desk-zone';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { MarketStream } from '../../data-access/market-stream';
import { Appearance } from '../../data-access/appearance';
import { THEMES } from '../../data-access/theme';
import { pathOf, VIEWS, ViewStore, type View } from '../../data-access/view-store';
import { formatClock, formatDate, formatSpan } from '../../text/format';
import {
  BADGES,
  completeMark,
  sessionText,
  stateSentence,
  THEME_NAMES,
  tryText,
  VIEW_NAMES,
} from '../../text/texts';
import { Icon } from '../../ui/icon';
import { About } from './about';

/** A lag longer than this is no lag but a quiet market, and is not shown. */
const LONGEST_LAG_MS = 60_000;
/** Prices made or recorded here have no way to be late. */
const STATES_WITH_LAG = ['live', 'delayed', 'simulated'];

/** The top line of every view: where one is, what the prices are, whether they are complete, and the exchange's time. */
@Component({
  selector: 'st-status-strip',
  imports: [About, Icon],
  templateUrl: './status-strip.html',
  styleUrl: './status-strip.css',
})
export class StatusStrip {
  /** Somebody wants to find or do something. */
  readonly find = output();

  private readonly appearance = inject(Appearance);
  private readonly clock = inject(DeskClock);
  private readonly status = inject(DeskStatus);
  private readonly store = inject(MarketStore);
  private readonly stream = inject(MarketStream);
  private readonly completeness = inject(CompletenessCheck).completeness;
  private readonly views = inject(ViewStore);
  private readonly about = viewChild.required(About);

  protected readonly view = this.views.view;
  protected readonly links = VIEWS.map((view) => ({ view, name: VIEW_NAMES[view], path: pathOf(view) }));
  protected readonly title = computed(() => VIEW_NAMES[this.view()]);
  protected readonly theme = this.appearance.theme;
  protected readonly zone = inject(DeskZone).zone;

  protected readonly themes = THEMES;
  protected readonly themeNames = THEME_NAMES;
  protected readonly state = this.status.state;
  protected readonly badge = computed(() => BADGES[this.state()]);
  /** The age beside the word: how old is the first thing to know of old prices. */
  protected readonly age = computed(() => {
    const ageMs = this.status.ageMs();
    return this.state() === 'stale' && ageMs !== null ? formatSpan(ageMs) : null;
  });
  protected readonly sentence = computed(() =>
    stateSentence(this.state(), this.store.status() ?? { source: '', reason: '' }),
  );
  protected readonly source = computed(() => {
    const source = this.store.status()?.source ?? '';
    return source.charAt(0).toUpperCase() + source.slice(1);
  });
  /** Recorded prices go by their own clock, and with their date. */
  protected readonly time = computed(() => {
    const zone = this.zone();
    const recordedMs = this.status.recordedMs();
    return recordedMs === null
      ? formatClock(this.clock.nowMs(), zone)
      : `${formatDate(recordedMs, zone)} ${formatClock(recordedMs, zone)}`;
  });
  protected readonly isUnreal = computed(() => this.status.unreal() === 'replay');
  protected readonly trying = computed(() => {
    const coming = this.stream.comingTry();
    return coming === null || this.stream.lostAtMs() === null ? null : tryText(coming, this.clock.nowMs());
  });
  protected readonly lag = computed(() => {
    // Looked at once a second: a figure that changes with every trade cannot be read.
    this.clock.nowMs();
    const lagMs = this.store.lagMs();
    if (lagMs === null || lagMs > LONGEST_LAG_MS || this.stream.lostAtMs() !== null) return null;
    return STATES_WITH_LAG.includes(this.state()) ? formatSpan(lagMs) : null;
  });
  protected readonly mark = computed(() =>
    this.stream.lostAtMs() === null
      ? completeMark(this.completeness(), this.stream.lastVerdict(), this.stream.reconnectCount)
      : null,
  );
  protected readonly session = computed(() => {
    const session = this.status.session();
    // A market that is made up keeps no hours.
    if (session === null || this.status.unreal() !== null) return '';
    return sessionText(session, this.clock.nowMs(), this.zone());
  });

  protected chooseTheme(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const theme = THEMES.find((candidate) => candidate === value);
    if (theme !== undefined) this.appearance.choose(theme);
  }

  /** A click with a key held opens the address as browsers do. */
  protected go(view: View, event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.views.open(view);
  }

  /** Opens the page that says whose work is in this one. */
  openAbout(): void {
    this.about().open();
  }
}
