import { Component, computed, inject, input, output } from '@angular/core';
import type { SymbolInfo } from '@libs/contract';
import type { LastPrice } from '../../data-access/market-store';
import { DayFigures } from '../../data-access/day-figures';
import { formatChange, formatPercent, formatPrice, formatVolume } from '../../text/format';
import { Icon } from '../../ui/icon';

/** Symbol, last price, change since the prior day's close, the day's range and volume. */
@Component({
  selector: 'st-quote-line',
  imports: [Icon],
  templateUrl: './quote-line.html',
  styleUrl: './quote-line.css',
})
export class QuoteLine {
  readonly symbols = input.required<readonly SymbolInfo[]>();
  readonly symbol = input.required<SymbolInfo | undefined>();
  readonly price = input.required<LastPrice | null>();
  readonly isOld = input(false);
  readonly symbolChange = output<string>();

  private readonly days = inject(DayFigures);

  private readonly decimals = computed(() => this.symbol()?.price_decimals ?? 2);
  protected readonly last = computed(() => {
    const price = this.price();
    return price === null ? '–' : formatPrice(price.price, this.decimals());
  });
  protected readonly change = computed(() => {
    const [price, symbol] = [this.price(), this.symbol()];
    const close = symbol === undefined ? undefined : this.days.of(symbol.symbol)?.priorClose;
    if (price === null || close === undefined || close === null) return null;
    const change = price.price - close;
    return {
      direction: change > 0 ? 'up' : change < 0 ? 'down' : 'flat',
      amount: formatChange(change, this.decimals()),
      share: formatPercent(change / close),
    } as const;
  });
  protected readonly day = computed(() => {
    const symbol = this.symbol();
    const day = symbol === undefined ? undefined : this.days.of(symbol.symbol);
    if (day?.high === undefined) return null;
    const price = this.price()?.price ?? day.low;
    const high = Math.max(day.high, price);
    const low = Math.min(day.low, price);
    return {
      low: formatPrice(low, this.decimals()),
      high: formatPrice(high, this.decimals()),
      placePercent: high > low ? ((price - low) / (high - low)) * 100 : 50,
      volume: formatVolume(day.volume),
    };
  });

  protected choose(event: Event): void {
    this.symbolChange.emit((event.target as HTMLSelectElement).value);
  }
}
