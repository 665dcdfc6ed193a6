import type { TradeBatch } from '@libs/bars';
import type { RelayedTrade } from './live-message.js';

/** Collects the newest trades of each symbol between two messages to the other instances. */
export class TradesToRelay {
  private readonly trades = new Map<number, RelayedTrade[]>();

  constructor(
    private readonly symbols: readonly { readonly symbol: string }[],
    /** Most trades of a symbol in one message; 1 where only the newest price matters. */
    private readonly perSymbol: number,
  ) {}

  /** Reads a batch from its end, so that a burst costs no more than what is kept of it. */
  collect(batch: TradeBatch): void {
    const newest = new Map<number, RelayedTrade[]>();
    for (let row = batch.length - 1; row >= 0; row--) {
      const index = batch.symbolIndex[row] as number;
      const symbol = this.symbols[index]?.symbol;
      const kept = newest.get(index) ?? [];
      if (symbol === undefined || kept.length === this.perSymbol) continue;
      kept.push([symbol, batch.tsMs[row] as number, batch.price[row] as number, batch.size[row] as number]);
      newest.set(index, kept);
    }
    for (const [index, kept] of newest) {
      const all = [...(this.trades.get(index) ?? []), ...kept.reverse()];
      this.trades.set(index, all.slice(-this.perSymbol));
    }
  }

  /** What was collected since the last call, in order per symbol. */
  take(): RelayedTrade[] {
    const taken = [...this.trades.values()].flat();
    this.trades.clear();
    return taken;
  }
}
