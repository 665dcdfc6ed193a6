import type { Bar, EpochMs } from '@libs/bars';
import type { SessionName } from '@libs/calendar';
import type { HoursChoice } from '../../data-access/settings';
import type { ChartChange, FollowSeries } from '../../ui/price-chart/chart-change';

/** Whether a bar that starts then is shown; `null` for all. */
export type KeepsBar = ((startMs: EpochMs) => boolean) | null;

/** What a choice of hours keeps, where sessions are told apart. */
export function keptBy(hours: HoursChoice, sessionOf: ((tsMs: EpochMs) => SessionName) | null): KeepsBar {
  if (sessionOf === null || hours === 'all') return null;
  if (hours === 'regular') return (startMs) => sessionOf(startMs) === 'regular';
  return (startMs) => sessionOf(startMs) !== 'closed';
}

/** A series with only the bars of certain hours, followed as it changes and as the hours do. */
export class HoursFilter {
  private keep: KeepsBar = null;
  private readonly listeners = new Set<(change: ChartChange) => void>();
  private last: ChartChange | null = null;
  private shown: { of: readonly Bar[]; kept: readonly Bar[] } = { of: [], kept: [] };

  constructor(private readonly source: FollowSeries) {}

  readonly follow: FollowSeries = (listener) => {
    this.listeners.add(listener);
    const end = this.source((change) => {
      this.last = change;
      listener(this.filtered(change));
    });
    return () => {
      this.listeners.delete(listener);
      end();
    };
  };

  /** Shows other hours from now on. */
  set(keep: KeepsBar): void {
    if (keep === this.keep) return;
    this.keep = keep;
    this.shown = { of: [], kept: [] };
    const { last } = this;
    if (last === null) return;
    const { selection, series } = last;
    for (const listener of this.listeners) listener(this.filtered({ kind: 'seed', selection, series }));
  }

  private filtered(change: ChartChange): ChartChange {
    const { keep } = this;
    if (keep === null) return change;
    const before = this.shown.kept.length;
    const { bars, forming } = change.series;
    if (this.shown.of !== bars) this.shown = { of: bars, kept: bars.filter((bar) => keep(bar.bar_start)) };
    const { kept } = this.shown;
    const { selection } = change;
    const series = { bars: kept, forming: forming !== null && keep(forming.bar_start) ? forming : null };
    switch (change.kind) {
      case 'older':
        return { kind: 'older', selection, series, added: kept.length - before };
      case 'bars':
        return { kind: 'bars', selection, series, bars: change.bars.filter((bar) => keep(bar.bar_start)) };
      default:
        return { kind: change.kind, selection, series };
    }
  }
}
