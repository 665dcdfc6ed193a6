import { computed, inject, Injectable } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import { sessionAt } from '@libs/calendar';
import type { FeedState } from '@libs/contract';
import { DeskClock } from './desk-clock';
import { MarketStore } from './market-store';
import { MarketStream } from './market-stream';
import { PriceBoard } from './price-board';
import { ReplayStore } from './replay-store';

/** What the state badge says. */
export type DeskState = 'connecting' | 'idle' | 'offline' | FeedState;

/** Prices that are not the live market's. */
export type Unreal = Extract<FeedState, 'simulated' | 'replay'>;

/** What the state of the desk is made from. */
export interface StateInputs {
  readonly isOnline: boolean;
  /** State of the feed as the server told it last, `null` before it told any. */
  readonly feed: FeedState | null;
  /** How long the line to the server has been gone, `null` while it is there. */
  readonly lostForMs: number | null;
  /** Whether the market of the symbol in view is closed by its calendar. */
  readonly isClosed: boolean;
}

/** A short loss heals before anybody needs to be told. */
const QUIET_LOSS_MS = 2_000;

/** The state of line and data, as one word. Idle is told from broken by the calendar. */
export function deskStateOf({ isOnline, feed, lostForMs, isClosed }: StateInputs): DeskState {
  if (!isOnline) return 'offline';
  if (feed === null) return 'connecting';
  if (lostForMs !== null && lostForMs >= QUIET_LOSS_MS) return 'stale';
  return isClosed && (feed === 'live' || feed === 'stale') ? 'idle' : feed;
}

/** The state of the desk, followed. */
@Injectable({ providedIn: 'root' })
export class DeskStatus {
  private readonly clock = inject(DeskClock);
  private readonly store = inject(MarketStore);
  private readonly stream = inject(MarketStream);
  private readonly board = inject(PriceBoard);
  private readonly replays = inject(ReplayStore);

  /** Session of the symbol in view, `null` before the symbols are known. */
  readonly session = computed(() => {
    const symbol = this.store.symbol();
    return symbol === undefined ? null : sessionAt(this.clock.nowMs(), symbol.calendar);
  });

  readonly state = computed<DeskState>(() => {
    const lostAtMs = this.stream.lostAtMs();
    return deskStateOf({
      isOnline: this.clock.isOnline(),
      feed: this.store.status()?.state ?? (this.replays.isOn() ? 'replay' : null),
      lostForMs: lostAtMs === null ? null : this.clock.nowMs() - lostAtMs,
      isClosed: this.session()?.session === 'closed',
    });
  });

  /** What the prices are if not the market's, also while the line is lost: no picture may be taken for the real thing. */
  readonly unreal = computed<Unreal | null>(() => {
    if (this.replays.isOn()) return 'replay';
    const feed = this.store.status()?.state;
    return feed === 'simulated' || feed === 'replay' ? feed : null;
  });

  /** Exchange time of the newest price in view, `null` for none. */
  readonly lastTickMs = computed<EpochMs | null>(
    () => this.board.all().get(this.store.selection().symbol)?.tsMs ?? null,
  );

  /** Time of recorded prices: of the replay in view, else of the newest price. `null` where prices are of now. */
  readonly recordedMs = computed<EpochMs | null>(() =>
    this.unreal() === 'replay' ? (this.replays.clockMs() ?? this.lastTickMs()) : null,
  );

  /** Age of the newest price in view, where it is shown because it is too old; `null` otherwise. */
  readonly ageMs = computed(() => {
    const tickMs = this.lastTickMs();
    return this.isOld() && tickMs !== null ? Math.max(0, this.clock.nowMs() - tickMs) : null;
  });

  /** Whether the prices on the desk are older than they should be. */
  readonly isOld = computed(() => ['stale', 'offline', 'down'].includes(this.state()));
}
