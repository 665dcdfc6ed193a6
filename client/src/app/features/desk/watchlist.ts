import { Component, computed, inject, input, output } from '@angular/core';
import { DayFigures } from '../../data-access/day-figures';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { PriceBoard } from '../../data-access/price-board';
import { formatPercent, formatPrice, formatVolume, UNKNOWN } from '../../text/format';
import { Icon } from '../../ui/icon';
import { SparkColumn } from '../../ui/spark-column';

/** Every symbol of the desk with its last price and its day. Click or arrow keys switch the chart. */
@Component({
  selector: 'st-watchlist',
  imports: [Icon, SparkColumn],
  templateUrl: './watchlist.html',
  styleUrl: './watchlist.css',
})
export class Watchlist {
  /** Changes when the colours do. */
  readonly theme = input.required<string>();
  /** A symbol to show, while the list keeps the focus. */
  readonly point = output<string>();
  /** A symbol to show, and to go to. */
  readonly choose = output<string>();

  private readonly board = inject(PriceBoard);
  private readonly days = inject(DayFigures);
  private readonly store = inject(MarketStore);

  protected readonly isOld = inject(DeskStatus).isOld;
  protected readonly symbols = this.store.symbols;
  protected readonly selected = computed(() => this.store.selection().symbol);

  protected readonly rows = computed(() =>
    this.symbols().map(({ symbol, name, price_decimals }) => {
      const day = this.days.all().get(symbol);
      // A symbol that has not traded since the desk was opened still has its newest bar.
      const price = this.board.all().get(symbol)?.price ?? day?.closes.at(-1);
      const close = day?.priorClose ?? null;
      const share = price === undefined || close === null ? null : price / close - 1;
      return {
        symbol,
        name,
        volume: day === undefined ? UNKNOWN : formatVolume(day.volume),
        price: price === undefined ? UNKNOWN : formatPrice(price, price_decimals),
        isKnown: share !== null,
        change: share === null ? UNKNOWN : formatPercent(share),
        direction: share === null || share === 0 ? 'flat' : share > 0 ? 'up' : 'down',
      } as const;
    }),
  );

  protected readonly sparks = computed(() =>
    this.symbols().map(({ symbol }) => {
      const day = this.days.all().get(symbol);
      return { values: day?.closes ?? [], base: day?.priorClose ?? null };
    }),
  );

  protected move(step: number, event: Event): void {
    event.preventDefault();
    const symbols = this.symbols();
    const index = symbols.findIndex(({ symbol }) => symbol === this.selected());
    const next = symbols[Math.min(symbols.length - 1, Math.max(0, index + step))];
    if (next === undefined) return;
    this.point.emit(next.symbol);
    const list = (event.currentTarget as HTMLElement).closest('[role=listbox]');
    list?.querySelector<HTMLElement>(`[data-symbol="${next.symbol}"]`)?.focus();
  }
}
