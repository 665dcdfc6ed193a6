import type { SymbolInfo } from '@libs/contract';
import type { TradeFileName } from './feeds/trade-file/trade-file-name.js';
import type { TradeFileSet } from './feeds/trade-file/trade-file-set.js';

/** Trades on file that can be played again, by symbol. */
export abstract class RecordedTrades {
  /** What trades are recorded of; ascending by symbol. */
  abstract readonly symbols: readonly SymbolInfo[];
  /** Trade files of a symbol, ascending by date, one a date; empty where there are none. */
  abstract filesOf(symbol: string): Promise<readonly TradeFileName[]>;
}

/** The files a file feed plays; none where another feed runs. */
export class FedTrades extends RecordedTrades {
  constructor(private readonly files: TradeFileSet | null) {
    super();
  }

  get symbols(): readonly SymbolInfo[] {
    return this.files?.symbols ?? [];
  }

  filesOf(symbol: string): Promise<readonly TradeFileName[]> {
    const index = this.symbols.findIndex((info) => info.symbol === symbol);
    return Promise.resolve(this.files?.filesOfSymbol[index] ?? []);
  }
}
