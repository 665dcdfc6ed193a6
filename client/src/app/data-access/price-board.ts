import { Injectable, signal } from '@angular/core';
import type { EpochMs } from '@libs/bars';

/** Newest price of a symbol and the exchange time it is from. */
export interface LastPrice {
  readonly price: number;
  readonly tsMs: EpochMs;
}

/** The newest price of every symbol. Readers see at most one change a frame, however many prices come. */
@Injectable({ providedIn: 'root' })
export class PriceBoard {
  private readonly prices = signal<ReadonlyMap<string, LastPrice>>(new Map());
  private pending = new Map<string, LastPrice>();
  private frame: number | null = null;

  readonly all = this.prices.asReadonly();

  /** Takes a price unless a newer one is known. */
  note(symbol: string, price: LastPrice): void {
    const known = this.pending.get(symbol) ?? this.prices().get(symbol);
    if (known !== undefined && known.tsMs > price.tsMs) return;
    this.pending.set(symbol, price);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const { pending } = this;
      this.pending = new Map();
      this.prices.update((prices) => new Map([...prices, ...pending]));
    });
  }

  clear(): void {
    this.pending.clear();
    this.prices.set(new Map());
  }
}
