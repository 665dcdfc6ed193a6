import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { Commands, type Command } from '../../data-access/commands';
import { DeskZone } from '../../data-access/desk-zone';
import { ReplayStore } from '../../data-access/replay-store';
import { SignalStore } from '../../data-access/signal-store';
import { formatClock, formatDate, formatTime } from '../../text/format';
import { Icon } from '../../ui/icon';
import { fasterThan, SPEEDS, slowerThan, speedName, type Speed } from './speeds';

/** Times named under the scrub bar at most. */
const MOST_HOURS = 7;
const HOUR_MS = 3_600_000;

/** What a replay is driven with: back, play, on, the scrub bar with its signals, speed, and the way back to the market. */
@Component({
  selector: 'st-transport',
  imports: [Icon],
  templateUrl: './transport.html',
  styleUrl: './transport.css',
})
export class Transport {
  private readonly signals = inject(SignalStore);
  private readonly zone = inject(DeskZone).zone;
  protected readonly replays = inject(ReplayStore);
  /** Where the scrub bar is held while it is dragged. */
  private readonly heldMs = signal<number | null>(null);

  protected readonly speeds = SPEEDS.map((speed) => ({ value: String(speed), name: speedName(speed) }));
  protected readonly isPlaying = computed(() => this.replays.state()?.state === 'playing');
  protected readonly speed = computed(() => String(this.replays.state()?.speed ?? 1));
  /** A speed somebody chose by another way than this list. */
  protected readonly otherSpeed = computed(() => {
    const speed = this.replays.state()?.speed ?? 1;
    return SPEEDS.includes(speed) ? null : { value: String(speed), name: speedName(speed) };
  });
  protected readonly timeframe = computed(() => this.replays.state()?.timeframe ?? '1m');

  protected readonly scrub = computed(() => {
    const state = this.replays.state();
    if (state === null) return null;
    const zone = this.zone();
    const { from, to } = state;
    const atMs = this.heldMs() ?? this.replays.clockMs() ?? state.clock;
    const percentOf = (tsMs: number): number =>
      to > from ? Math.min(100, Math.max(0, ((tsMs - from) / (to - from)) * 100)) : 0;
    return {
      from,
      to,
      atMs,
      percent: percentOf(atMs),
      when: `${formatDate(atMs, zone)} ${formatClock(atMs, zone)} ${zone.label}`,
      hours: hoursBetween(from, to).map((tsMs) => ({
        tsMs,
        name: formatTime(tsMs, zone),
        percent: percentOf(tsMs),
      })),
      signals: this.signals.all().map(({ id, bar_end }) => ({ id, percent: percentOf(bar_end) })),
    };
  });
  protected readonly words = computed(() => {
    switch (this.replays.state()?.state) {
      case 'playing':
        return `Playing at ${speedName(this.replays.state()?.speed ?? 1)}`;
      case 'ended':
        return 'Played to its end';
      default:
        return 'Paused';
    }
  });
  protected readonly madeOf = computed(() => {
    const kinds = new Set(Object.values(this.replays.state()?.made_of ?? {}));
    return kinds.size === 1 && kinds.has('bars') ? 'Bars only, no forming candle' : null;
  });

  constructor() {
    inject(DestroyRef).onDestroy(inject(Commands).add(this.commands()));
  }

  protected hold(event: Event): void {
    this.heldMs.set((event.target as HTMLInputElement).valueAsNumber);
  }

  protected async drop(event: Event): Promise<void> {
    const wantedMs = (event.target as HTMLInputElement).valueAsNumber;
    this.heldMs.set(wantedMs);
    await this.replays.seek(wantedMs);
    if (this.heldMs() === wantedMs) this.heldMs.set(null);
  }

  protected chooseSpeed(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    void this.replays.setSpeed(value === 'max' ? 'max' : Number(value));
  }

  private changeSpeed(next: (speed: Speed) => Speed): void {
    const speed = this.replays.state()?.speed;
    if (speed !== undefined) void this.replays.setSpeed(next(speed));
  }

  private commands(): Command[] {
    const group = 'Replay';
    return [
      {
        id: 'replay-toggle',
        name: 'Play or pause',
        group,
        keys: ['Space'],
        run: () => void this.replays.toggle(),
      },
      {
        id: 'replay-step',
        name: 'One bar on',
        group,
        keys: ['.'],
        run: () => void this.replays.order('step'),
      },
      { id: 'replay-back', name: 'One bar back', group, keys: [','], run: () => void this.replays.back() },
      { id: 'replay-faster', name: 'Faster', group, keys: ['+'], run: () => this.changeSpeed(fasterThan) },
      { id: 'replay-slower', name: 'Slower', group, keys: ['-'], run: () => this.changeSpeed(slowerThan) },
      {
        id: 'replay-leave',
        name: 'Back to the live market',
        group,
        also: 'stop leave end replay',
        keys: ['G', 'L'],
        run: () => void this.replays.leave(),
      },
    ];
  }
}

/** Whole hours between two moments, thinned out until they fit. */
function hoursBetween(fromMs: number, toMs: number): number[] {
  let stepMs = HOUR_MS;
  while ((toMs - fromMs) / stepMs > MOST_HOURS) stepMs *= 2;
  const first = Math.ceil(fromMs / stepMs) * stepMs;
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / stepMs) + 1) },
    (_, at) => first + at * stepMs,
  );
}
