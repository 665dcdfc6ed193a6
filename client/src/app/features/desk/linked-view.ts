import { Injectable, signal } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import type { TimeRange } from '../../ui/price-chart/time-range';

/** What one chart of a layout shows the others: where it is pointed at, and the time it shows. */
@Injectable({ providedIn: 'root' })
export class LinkedView {
  private readonly cross = signal<{ readonly by: object; readonly atMs: EpochMs | null } | null>(null);
  private readonly view = signal<{ readonly by: object; readonly range: TimeRange } | null>(null);
  /** The chart somebody works with. What the others tell is the echo of it. */
  private leader: object | null = null;

  readonly crosshair = this.cross.asReadonly();
  readonly range = this.view.asReadonly();

  lead(chart: object): void {
    this.leader = chart;
  }

  pointAt(chart: object, atMs: EpochMs | null): void {
    if (chart === this.leader) this.cross.set({ by: chart, atMs });
  }

  show(chart: object, range: TimeRange): void {
    if (chart === this.leader) this.view.set({ by: chart, range });
  }
}
