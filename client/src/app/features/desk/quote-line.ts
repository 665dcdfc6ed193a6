import { Component, computed, inject, input, output } from '@angular/core';
import { timeframeMs } from '@libs/bars';
import { figureWith } from '../../data-access/day-figure';
import { DayFigures } from '../../data-access/day-figures';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { PriceBoard } from '../../data-access/price-board';
import {
  formatChange,
  formatClock,
  formatPercent,
  formatPrice,
  formatVolume,
  UNKNOWN,
} from '../../text/format';
import { TEXTS } from '../../text/texts';
import type { Zone } from '../../text/zone';
import { Icon } from '../../ui/icon';
import { SymbolPicker } from '../../ui/symbol-picker/symbol-picker';

/** Bars in view complete the day's figures only where they are finer than those. */
const FINEST_FIGURE_MS = timeframeMs('15m');

/** Symbol, last price, change since the prior day's close, the day's range and volume. */
@Component({
  selector: 'st-quote-line',
  imports: [Icon, SymbolPicker],
  templateUrl: './quote-line.html',
  styleUrl: './quote-line.css',
})
export class QuoteLine {
  readonly zone = input.required<Zone>();
  readonly symbolChange = output<string>();

  private readonly days = inject(DayFigures);
  private readonly board = inject(PriceBoard);
  private readonly status = inject(DeskStatus);
  protected readonly store = inject(MarketStore);

  private readonly decimals = computed(() => this.store.symbol()?.price_decimals ?? 2);
  private readonly price = computed(() => this.board.all().get(this.store.selection().symbol) ?? null);
  private readonly figure = computed(() => this.days.all().get(this.store.selection().symbol));

  protected readonly isOld = this.status.isOld;
  protected readonly last = computed(() => {
    const price = this.price();
    return price === null ? UNKNOWN : formatPrice(price.price, this.decimals());
  });

  /** Old prices say when they are from; a change since yesterday would pretend that they are today's. */
  protected readonly since = computed(() => {
    const price = this.price();
    return this.isOld() && price !== null ? TEXTS.lastTrade(formatClock(price.tsMs, this.zone())) : null;
  });

  /** A halted symbol misses no trades: none are made. */
  protected readonly halted = computed(() => {
    const { symbol } = this.store.selection();
    const halt = this.store.status()?.halted?.find((one) => one.symbol === symbol);
    return halt === undefined ? null : TEXTS.halted(formatClock(halt.since, this.zone()));
  });

  protected readonly change = computed(() => {
    const price = this.price();
    const close = this.figure()?.priorClose ?? null;
    if (price === null || close === null) return null;
    const change = price.price - close;
    return {
      direction: change > 0 ? 'up' : change < 0 ? 'down' : 'flat',
      amount: formatChange(change, this.decimals()),
      share: formatPercent(change / close),
    } as const;
  });

  protected readonly day = computed(() => {
    const figure = this.figure();
    const price = this.price();
    if (figure === undefined || price === null) return null;
    const { selection, series } = this.store.inView();
    const isFiner =
      selection.symbol === this.store.selection().symbol &&
      timeframeMs(selection.timeframe) <= FINEST_FIGURE_MS;
    const day = isFiner ? figureWith(figure, series.bars, series.forming) : figure;
    const high = Math.max(day.high, price.price);
    const low = Math.min(day.low, price.price);
    const decimals = this.decimals();
    return {
      low: formatPrice(low, decimals),
      high: formatPrice(high, decimals),
      placePercent: high > low ? ((price.price - low) / (high - low)) * 100 : 50,
      volume: formatVolume(day.volume),
      priorClose: day.priorClose === null ? UNKNOWN : formatPrice(day.priorClose, decimals),
    };
  });
}
