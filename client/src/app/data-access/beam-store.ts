import { Injectable, signal } from '@angular/core';
import type { EpochMs } from '@libs/bars';

/** A bar the coach took a figure from, to be lit on the chart. */
export interface CitedBar {
  /** As the figure is numbered in the coach's words. */
  readonly number: number;
  readonly symbol: string;
  /** An instant in the bar. */
  readonly atMs: EpochMs;
  /** Whether the figure is being spoken. */
  readonly isBright: boolean;
}

/** A moment the chart is asked to show. */
export interface WantedMoment {
  readonly symbol: string;
  readonly atMs: EpochMs;
}

/** What the coach speaks of, for whoever draws it. */
@Injectable({ providedIn: 'root' })
export class BeamStore {
  private readonly cited = signal<readonly CitedBar[]>([]);

  private readonly wanted = signal<WantedMoment | null>(null);

  readonly all = this.cited.asReadonly();
  /** Where the chart is asked to go; a new object with every wish. */
  readonly moment = this.wanted.asReadonly();

  light(bars: readonly CitedBar[]): void {
    const before = this.cited();
    const isSame =
      bars.length === before.length &&
      bars.every(({ number, symbol, atMs, isBright }, index) => {
        const other = before[index];
        return (
          other?.number === number &&
          other.symbol === symbol &&
          other.atMs === atMs &&
          other.isBright === isBright
        );
      });
    if (!isSame) this.cited.set(bars);
  }

  /** Brings a moment into view, and lights it. */
  reveal(moment: WantedMoment): void {
    this.wanted.set({ ...moment });
    this.light([{ number: 1, ...moment, isBright: true }]);
  }
}
