import type { DurationMs, EpochMs } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { Clock } from '../../../common/clock.js';
import type { SymbolDirectory } from '../market-feed.port.js';

/** Venues list new products every few days. */
const KEPT_MS: DurationMs = 3_600_000;
/** Far more than any venue has. */
const MOST_PRODUCTS = 20_000;

/** A venue that tells all its products at once: asked when somebody searches, and kept for an hour. */
export class ProductList implements SymbolDirectory {
  private products: ReadonlyMap<string, SymbolInfo> = new Map();
  private loadedMs: EpochMs = -Infinity;
  private loading: Promise<void> | null = null;

  /** @param load all products of the venue; rejects when it cannot be asked */
  constructor(
    private readonly load: () => Promise<readonly SymbolInfo[]>,
    private readonly clock: Clock,
  ) {}

  async search(words: string, limit: number): Promise<readonly SymbolInfo[]> {
    await this.refresh();
    const wanted = words.trim().toUpperCase();
    return [...this.products.values()]
      .flatMap((info) => {
        const rank = rankOf(info, wanted);
        return rank === null ? [] : [{ info, rank }];
      })
      .sort((a, b) => a.rank - b.rank || a.info.symbol.localeCompare(b.info.symbol))
      .slice(0, limit)
      .map(({ info }) => info);
  }

  async find(symbol: string): Promise<SymbolInfo | undefined> {
    await this.refresh();
    return this.products.get(symbol);
  }

  private async refresh(): Promise<void> {
    if (this.clock.nowMs() - this.loadedMs < KEPT_MS) return;
    this.loading ??= this.reload().finally(() => {
      this.loading = null;
    });
    await this.loading;
  }

  private async reload(): Promise<void> {
    const products = await this.load();
    this.products = new Map(products.slice(0, MOST_PRODUCTS).map((info) => [info.symbol, info]));
    this.loadedMs = this.clock.nowMs();
  }
}

/** How well a product answers a search, lower is better; `null` where it does not. */
function rankOf({ symbol, name }: SymbolInfo, wanted: string): number | null {
  if (symbol === wanted) return 0;
  if (symbol.startsWith(wanted)) return 1;
  if (symbol.includes(wanted)) return 2;
  return name.toUpperCase().includes(wanted) ? 3 : null;
}
