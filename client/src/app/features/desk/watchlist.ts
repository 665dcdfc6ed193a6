import { Component, computed, inject, input, output } from '@angular/core';
import type { SymbolInfo } from '@libs/contract';
import { DayFigures } from '../../data-access/day-figures';
import type { LastPrice } from '../../data-access/market-store';
import { formatPercent, formatPrice } from '../../text/format';
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
  readonly symbols = input.required<readonly SymbolInfo[]>();
  readonly selected = input.required<string>();
  readonly prices = input.required<ReadonlyMap<string, LastPrice>>();
  readonly isOld = input(false);
  readonly symbolChange = output<string>();

  private readonly days = inject(DayFigures);

  protected readonly rows = computed(() =>
    this.symbols().map(({ symbol, name, price_decimals }) => {
      const price = this.prices().get(symbol)?.price;
      const close = this.days.of(symbol)?.priorClose;
      const share = price === undefined || close === undefined || close === null ? null : price / close - 1;
      return {
        symbol,
        name,
        price: price === undefined ? '–' : formatPrice(price, price_decimals),
        change: share === null ? '–' : formatPercent(share),
        direction: share === null || share === 0 ? 'flat' : share > 0 ? 'up' : 'down',
      } as const;
    }),
  );
  protected readonly sparks = computed(() =>
    this.symbols().map(({ symbol }) => this.days.of(symbol)?.closes ?? []),
  );

  protected move(step: number, event: Event): void {
    event.preventDefault();
    const symbols = this.symbols();
    const index = symbols.findIndex(({ symbol }) => symbol === this.selected());
    const next = symbols[Math.min(symbols.length - 1, Math.max(0, index + step))];
    if (next === undefined) return;
    this.symbolChange.emit(next.symbol);
    const list = event.currentTarget as HTMLElement;
    list.querySelector<HTMLElement>(`[data-symbol="${next.symbol}"]`)?.focus();
  }
}
