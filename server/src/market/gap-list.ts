import type { DataGap } from '@libs/contract';

/** Gaps that are told to clients and in the diagnosis; older ones are in the log. */
const KEPT_GAPS = 20;

/** The newest gaps that a feed could not fill, oldest first. */
export class GapList {
  private gaps: readonly DataGap[] = [];

  get newest(): readonly DataGap[] {
    return this.gaps;
  }

  add(gap: DataGap): void {
    this.gaps = [...this.gaps, gap].slice(-KEPT_GAPS);
  }
}
