import type { TradeBatch } from '@libs/bars';
import { Subject, type Observable } from 'rxjs';
import type { ReadableMarket } from '../market/index.js';
import { controlFrame } from './frames.js';

/** Single trades kept per symbol between two flushes; in a burst only the newest of them are sent. */
const TICKS_PER_SYMBOL = 200;

interface TickFrame {
  readonly symbol: string;
  readonly frame: string;
}

/** Collects single trades between two flushes of the stream (`FF_SSE_TICKS`). */
export class TickBuffer {
  private readonly frames = new Map<string, string[]>();
  private readonly pending = new Subject<void>();

  constructor(private readonly market: Pick<ReadableMarket, 'symbols' | 'trades$'>) {
    market.trades$.subscribe((batch) => {
      this.collect(batch);
    });
  }

  /** Emits when there is something to take. */
  get pending$(): Observable<void> {
    return this.pending;
  }

  /** The collected trades, in order per symbol. */
  take(): TickFrame[] {
    const taken = [...this.frames].flatMap(([symbol, frames]) => frames.map((frame) => ({ symbol, frame })));
    this.frames.clear();
    return taken;
  }

  private collect(batch: TradeBatch): void {
    for (let row = 0; row < batch.length; row++) {
      const symbol = this.market.symbols[batch.symbolIndex[row] ?? -1]?.symbol;
      if (symbol === undefined) continue;
      const frames = this.frames.get(symbol) ?? [];
      this.frames.set(symbol, frames);
      const tick = {
        symbol,
        ts: batch.tsMs[row] ?? 0,
        price: batch.price[row] ?? 0,
        size: batch.size[row] ?? 0,
      };
      frames.push(controlFrame('tick', tick));
      if (frames.length > TICKS_PER_SYMBOL) frames.shift();
    }
    this.pending.next();
  }
}
