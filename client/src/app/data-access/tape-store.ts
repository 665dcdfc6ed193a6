import { inject, Injectable, signal } from '@angular/core';
import type { TapeEvent, TapeRow } from '@libs/contract';
import { MarketStream } from './market-stream';

/** One line of the tape as it is shown. */
export interface TapeLine {
  /** Rises from line to line: the key to track it by. */
  readonly id: number;
  /** Exchange time of the newest of its trades, epoch milliseconds. */
  readonly tsMs: number;
  readonly price: number;
  /** Of all its trades together. */
  readonly size: number;
  readonly trades: number;
  /** Against the price before; `none` for the first one, and for trades that say nothing of the price. */
  readonly direction: 'up' | 'down' | 'same' | 'none';
  /** Whether its trades count for the volume alone. */
  readonly isVolumeOnly: boolean;
  /** Trades of a burst that came before this line and are not shown. */
  readonly leftOutBefore: number;
}

/** Lines kept, newest first. */
const MOST_LINES = 200;

/** The tape of one symbol, while somebody shows it: nothing is sent by the server else. */
@Injectable({ providedIn: 'root' })
export class TapeStore {
  private readonly stream = inject(MarketStream);
  private readonly held = signal<readonly TapeLine[]>([]);
  private readonly shown = signal<string | null>(null);
  private lastPrice: number | null = null;
  private nextId = 0;

  /** Newest first, at most 200; changes four times a second at most. */
  readonly lines = this.held.asReadonly();
  /** Whose tape it is, `null` while none is shown. */
  readonly symbol = this.shown.asReadonly();

  /** Shows the tape of a symbol from now on, or none. */
  show(symbol: string | null): void {
    if (symbol === this.shown()) return;
    this.shown.set(symbol);
    this.clear();
    this.stream.showTape(symbol === null ? null : { symbol, listener: (event) => this.take(event) });
  }

  /** What is held belongs to another time, as after a replay was set back. */
  clear(): void {
    this.held.set([]);
    this.lastPrice = null;
  }

  private take({ rows, left_out }: TapeEvent): void {
    const lines = rows.map((row, index) => this.lineOf(row, index === 0 ? left_out : 0));
    this.held.update((held) => [...lines.reverse(), ...held].slice(0, MOST_LINES));
  }

  private lineOf({ ts, price, size, n, volume_only = false }: TapeRow, leftOutBefore: number): TapeLine {
    const direction = volume_only ? 'none' : directionOf(this.lastPrice, price);
    if (!volume_only) this.lastPrice = price;
    this.nextId++;
    return {
      id: this.nextId,
      tsMs: ts,
      price,
      size,
      trades: n,
      direction,
      isVolumeOnly: volume_only,
      leftOutBefore,
    };
  }
}

function directionOf(before: number | null, price: number): TapeLine['direction'] {
  if (before === null) return 'none';
  if (price === before) return 'same';
  return price > before ? 'up' : 'down';
}
