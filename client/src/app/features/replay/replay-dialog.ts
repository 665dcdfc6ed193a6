import {
  afterNextRender,
  Component,
  computed,
  type ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { HistoryClient } from '../../data-access/history-client';
import { MarketStore } from '../../data-access/market-store';
import { ReplayStore } from '../../data-access/replay-store';
import { formatDate } from '../../text/format';
import { dateIn, instantIn, zoneOf } from '../../text/zone';
import { SPEEDS, speedName, type Speed } from './speeds';

/** Recorded days offered at a press; the date field takes any other. */
const DAYS_OFFERED = 5;
/** Symbols one replay may have. */
const MOST_SYMBOLS = 20;

/** What to play: a day, from when, of which symbols, how fast. */
@Component({
  selector: 'st-replay-dialog',
  templateUrl: './replay-dialog.html',
  styleUrl: './replay-dialog.css',
})
export class ReplayDialog {
  private readonly history = inject(HistoryClient);
  private readonly market = inject(MarketStore);
  protected readonly replays = inject(ReplayStore);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  /** Starts of recorded trading days of the symbol in view, newest first. */
  private readonly recordedMs = signal<readonly number[]>([]);
  private readonly symbol = this.market.selection().symbol;
  private readonly calendar = this.market.symbol()?.calendar ?? 'XNYS';
  /** Trading days go by the exchange's clock, whatever the rest of the desk goes by. */
  private readonly zone = zoneOf(this.calendar);

  protected readonly zoneLabel = this.zone.label;
  protected readonly date = signal('');
  protected readonly time = signal(this.calendar === 'XNYS' ? '09:30' : '00:00');
  protected readonly speed = signal<Speed>(10);
  protected readonly isPaused = signal(false);
  protected readonly speeds = SPEEDS.map((speed) => ({ value: String(speed), name: speedName(speed) }));
  protected readonly speedText = computed(() => String(this.speed()));
  private readonly all = this.market.symbols().map(({ symbol }) => symbol);
  protected readonly scopes = [
    ...(this.all.length > 1 && this.all.length <= MOST_SYMBOLS
      ? [{ symbols: this.all, name: `Watchlist, ${this.all.length} in step` }]
      : []),
    { symbols: [this.symbol], name: `${this.symbol} alone` },
  ];
  protected readonly scope = signal(0);
  protected readonly days = computed(() =>
    this.recordedMs().map((startMs) => ({
      date: dateIn(this.zone, startMs),
      name: formatDate(startMs, this.zone),
    })),
  );
  private readonly fromMs = computed(() => instantIn(this.zone, this.date(), this.time()));
  protected readonly canStart = computed(() => this.fromMs() !== null && !this.replays.isStarting());

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
      void this.readDays();
    });
  }

  protected typed(event: Event): string {
    return (event.target as HTMLInputElement).value;
  }

  protected chooseSpeed(value: string): void {
    this.speed.set(value === 'max' ? 'max' : Number(value));
  }

  protected async start(event: Event): Promise<void> {
    event.preventDefault();
    const from = this.fromMs();
    const scope = this.scopes[this.scope()];
    if (from === null || scope === undefined) return;
    await this.replays.start({
      symbols: scope.symbols,
      from,
      speed: this.speed(),
      timeframe: this.market.selection().timeframe,
      paused: this.isPaused(),
    });
  }

  /** The days are an offer: without them a date can be typed all the same. */
  private async readDays(): Promise<void> {
    const { symbol } = this;
    try {
      const [days, [newest]] = await Promise.all([
        this.history.bars({ symbol, timeframe: '1d', limit: DAYS_OFFERED }),
        this.history.bars({ symbol, timeframe: '1m', limit: 1 }),
      ]);
      const starts = new Map(days.map(({ bar_start }) => [dateIn(this.zone, bar_start), bar_start]));
      // The day that goes on has no bar of its own yet.
      if (newest !== undefined) {
        const date = dateIn(this.zone, newest.bar_start);
        starts.set(date, starts.get(date) ?? instantIn(this.zone, date, '00:00') ?? newest.bar_start);
      }
      const newestFirst = [...starts.values()].sort((a, b) => b - a).slice(0, DAYS_OFFERED);
      this.recordedMs.set(newestFirst);
      const first = newestFirst[0];
      if (this.date() === '' && first !== undefined) this.date.set(dateIn(this.zone, first));
    } catch {
      this.recordedMs.set([]);
    }
  }
}
