import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  input,
  output,
  signal,
} from '@angular/core';
import type { Bar } from '@libs/bars';
import type { SeenSignal, TradeSeen } from './journal-answers';
import { dayPicture, MARGINS, type PictureSize } from './day-picture';
import { formatMoney, tradeWords } from './journal-words';

/** A day of one symbol: candles, VWAP, fills at their exact prices, round trips and signals. */
@Component({
  selector: 'st-day-chart',
  template: `
    @if (picture(); as day) {
      <svg role="img" [attr.aria-label]="sentence()">
        @for (line of day.prices; track line.y) {
          <line
            class="grid"
            x1="0"
            [attr.x2]="size().width - margins.axis"
            [attr.y1]="line.y"
            [attr.y2]="line.y"
          />
          <text [attr.x]="size().width - margins.axis + 8" [attr.y]="line.y + 4">{{ line.text }}</text>
        }
        @for (time of day.times; track time.x) {
          <text class="time" [attr.x]="time.x" [attr.y]="size().height - 7">{{ time.text }}</text>
        }
        @for (candle of day.candles; track $index) {
          <rect
            class="volume"
            [class.up]="candle.isUp"
            [attr.x]="candle.x - day.candleWidth / 2"
            [attr.y]="candle.volumeTop"
            [attr.width]="day.candleWidth"
            [attr.height]="size().height - margins.foot - candle.volumeTop"
          />
          <line
            class="wick"
            [class.up]="candle.isUp"
            [attr.x1]="candle.x"
            [attr.x2]="candle.x"
            [attr.y1]="candle.high"
            [attr.y2]="candle.low"
          />
          <rect
            class="body"
            [class.up]="candle.isUp"
            [attr.x]="candle.x - day.candleWidth / 2"
            [attr.y]="candle.top"
            [attr.width]="day.candleWidth"
            [attr.height]="candle.height"
          />
        }
        <polyline class="vwap" [attr.points]="day.vwap" />
        @for (signal of day.signals; track $index) {
          <path class="signal" [attr.d]="triangle(signal.x, signal.y)">
            <title>{{ signal.words }}</title>
          </path>
        }
        @for (trip of day.trips; track trip.id) {
          <polyline
            class="trip"
            [class.lost]="trip.isLost"
            [class.chosen]="trip.id === chosen()"
            [attr.points]="trip.path"
          />
        }
        @for (fill of day.fills; track $index) {
          <g class="fill" [class.chosen]="fill.tradeId === chosen()" (click)="choose.emit(fill.tradeId)">
            <line [attr.x1]="fill.x" [attr.x2]="fill.x" [attr.y1]="fill.y" [attr.y2]="fill.tagY" />
            <circle [attr.cx]="fill.x" [attr.cy]="fill.y" r="3" />
            <rect [attr.x]="fill.x - 8" [attr.y]="fill.tagY - 8" width="16" height="16" rx="3" />
            <text [attr.x]="fill.x" [attr.y]="fill.tagY + 4">{{ fill.side }}</text>
          </g>
        }
      </svg>
    } @else {
      <p>{{ reason() }}</p>
    }
  `,
  styleUrl: './day-chart.css',
})
export class DayChart {
  readonly bars = input.required<readonly Bar[]>();
  readonly trades = input.required<readonly TradeSeen[]>();
  readonly signals = input.required<readonly SeenSignal[]>();
  /** Stands where there are no bars. */
  readonly reason = input.required<string>();
  readonly chosen = input<string | null>(null);
  readonly choose = output<string>();

  protected readonly margins = MARGINS;
  protected readonly size = signal<PictureSize>({ width: 760, height: 380 });
  protected readonly picture = computed(() =>
    dayPicture(this.bars(), this.trades(), this.signals(), this.size()),
  );
  protected readonly sentence = computed(() => {
    const words = this.trades().map(
      (trade) => `${tradeWords(trade)}, ${formatMoney(trade.net, trade.currency)}`,
    );
    return `${this.trades()[0]?.symbol ?? 'No symbol'}, ${words.join('; ')}`;
  });

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const watcher = new ResizeObserver(() => {
        const { clientWidth: width, clientHeight: height } = host;
        if (width > 0 && height > 0) this.size.set({ width, height });
      });
      watcher.observe(host);
      destroyRef.onDestroy(() => {
        watcher.disconnect();
      });
    });
  }

  protected triangle(x: number, y: number): string {
    return `M${x} ${y - 7}l4 7h-8z`;
  }
}
