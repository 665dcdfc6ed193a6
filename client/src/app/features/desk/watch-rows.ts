import { computed, inject, Injectable, untracked } from '@angular/core';
import { sessionAt, type CalendarName, type SessionName } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import type { DayFigure } from '../../data-access/day-figure';
import { DayFigures } from '../../data-access/day-figures';
import { DeskClock } from '../../data-access/desk-clock';
import { MarketStore } from '../../data-access/market-store';
import { PriceBoard } from '../../data-access/price-board';
import type { WatchColumn } from '../../data-access/settings';
import { SettingsStore } from '../../data-access/settings-store';
import { WatchlistStore } from '../../data-access/watchlist-store';
import { formatPercent, formatPrice, formatVolume, UNKNOWN } from '../../text/format';

/** A row of the watchlist as it is written. */
export interface WatchRow {
  readonly symbol: string;
  readonly name: string;
  /** RVOL, or the day's volume where that cannot be known. */
  readonly volume: { readonly label: 'RVOL' | 'Vol'; readonly text: string };
  readonly price: string;
  readonly isKnown: boolean;
  readonly change: string;
  readonly direction: 'up' | 'down' | 'flat';
  /** Where its market is in its day, when that is not the regular session. */
  readonly session: string | null;
}

/** What a row is written from. */
interface RowFigures {
  readonly price: number | undefined;
  readonly day: DayFigure | undefined;
  readonly info: SymbolInfo | undefined;
  readonly session: string | null;
}

const SESSION_WORDS: Readonly<Record<SessionName, string | null>> = {
  pre: 'pre',
  regular: null,
  post: 'post',
  closed: 'closed',
  open24: null,
};

/** The rows of the watchlist that is shown. A row stays the same object until something in it changes. */
@Injectable({ providedIn: 'root' })
export class WatchRows {
  private readonly board = inject(PriceBoard);
  private readonly clock = inject(DeskClock);
  private readonly days = inject(DayFigures);
  private readonly market = inject(MarketStore);
  private readonly settings = inject(SettingsStore);
  private readonly lists = inject(WatchlistStore);
  private known = new Map<string, { readonly figures: RowFigures; readonly row: WatchRow }>();

  private readonly infos = computed(() => new Map(this.market.symbols().map((info) => [info.symbol, info])));
  /** Of the calendars there are, once a second and told only when it changes. */
  private readonly sessions = computed<Readonly<Record<CalendarName, string | null>>>(
    () => {
      const nowMs = this.clock.nowMs();
      const wordOf = (calendar: CalendarName): string | null =>
        SESSION_WORDS[sessionAt(nowMs, calendar).session];
      // Prices that are not the live market's have their own time.
      const isUnreal = ['simulated', 'replay'].includes(this.market.status()?.state ?? '');
      return { XNYS: isUnreal ? null : wordOf('XNYS'), '24x7': null };
    },
    { equal: (a, b) => a.XNYS === b.XNYS },
  );

  /** Symbols in the order they stand in. Sorted by what moves, they change places once a second at most. */
  readonly order = computed<readonly string[]>(
    () => {
      const symbols = this.lists.symbols();
      const sort = this.settings.all().watchSort;
      if (sort === null) return symbols;
      if (sort.by !== 'symbol') this.clock.nowMs();
      return untracked(() => this.sorted(symbols, sort));
    },
    { equal: (a, b) => a === b || a.join() === b.join() },
  );

  readonly rows = computed<readonly WatchRow[]>(() => {
    const sessions = this.sessions();
    const infos = this.infos();
    const next = new Map<string, { figures: RowFigures; row: WatchRow }>();
    const rows = this.order().map((symbol) => {
      const info = infos.get(symbol);
      const session = info === undefined ? null : sessions[info.calendar];
      const figures = { ...this.figuresOf(symbol), info, session };
      const known = this.known.get(symbol);
      const row = known !== undefined && isSame(known.figures, figures) ? known.row : rowOf(symbol, figures);
      next.set(symbol, { figures, row });
      return row;
    });
    this.known = next;
    return rows;
  });

  private figuresOf(symbol: string): Pick<RowFigures, 'price' | 'day'> {
    const day = this.days.all().get(symbol);
    // A symbol that has not traded since the desk was opened still has its newest bar.
    return { price: this.board.all().get(symbol)?.price ?? day?.closes.at(-1), day };
  }

  private sorted(
    symbols: readonly string[],
    { by, isDescending }: { readonly by: WatchColumn; readonly isDescending: boolean },
  ): readonly string[] {
    const sign = isDescending ? -1 : 1;
    if (by === 'symbol') return [...symbols].sort((a, b) => sign * a.localeCompare(b));
    const values = symbols.map((symbol) => {
      const figures = this.figuresOf(symbol);
      return { symbol, value: valueOf(by, figures) };
    });
    // What is not known stands last, whichever way the list is sorted.
    return values
      .sort((a, b) => {
        if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
        return sign * (a.value - b.value);
      })
      .map(({ symbol }) => symbol);
  }
}

function valueOf(
  by: Exclude<WatchColumn, 'symbol'>,
  { price, day }: Pick<RowFigures, 'price' | 'day'>,
): number | null {
  if (by === 'rvol') return day?.rvol ?? null;
  if (by === 'price') return price ?? null;
  return shareOf(price, day);
}

/** Change since the prior day's close. */
function shareOf(price: number | undefined, day: DayFigure | undefined): number | null {
  const close = day?.priorClose ?? null;
  return price === undefined || close === null ? null : price / close - 1;
}

function isSame(a: RowFigures, b: RowFigures): boolean {
  return a.price === b.price && a.day === b.day && a.info === b.info && a.session === b.session;
}

function rowOf(symbol: string, { price, day, info, session }: RowFigures): WatchRow {
  const share = shareOf(price, day);
  const rvol = day?.rvol ?? null;
  return {
    symbol,
    name: info?.name ?? `${symbol} is not followed now`,
    volume:
      rvol === null
        ? { label: 'Vol', text: day === undefined ? UNKNOWN : formatVolume(day.volume) }
        : { label: 'RVOL', text: rvol.toFixed(2) },
    price: price === undefined ? UNKNOWN : formatPrice(price, info?.price_decimals ?? 2),
    isKnown: share !== null,
    change: share === null ? UNKNOWN : formatPercent(share),
    direction: share === null || share === 0 ? 'flat' : share > 0 ? 'up' : 'down',
    session,
  };
}
