import { Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { Commands } from '../../data-access/commands';
import { DayFigures } from '../../data-access/day-figures';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import type { WatchColumn } from '../../data-access/settings';
import { SettingsStore } from '../../data-access/settings-store';
import { WatchlistStore } from '../../data-access/watchlist-store';
import { Icon } from '../../ui/icon';
import { SparkColumn } from '../../ui/spark-column';
import { WatchEditor } from './watch-editor';
import { WatchRows } from './watch-rows';

/** The heads of the columns, in their place, and what they sort by. */
const HEADS: readonly { readonly by: WatchColumn; readonly name: string; readonly what: string }[] = [
  { by: 'symbol', name: 'Symbol', what: 'symbol' },
  { by: 'rvol', name: 'RVOL', what: 'RVOL' },
  { by: 'change', name: 'Today', what: 'change today' },
  { by: 'price', name: 'Last', what: 'last price' },
];

/** Name of what is shown where no list was chosen. */
const ALL_NAME = 'All symbols';

/**
 * A list of symbols with their last price and their day. Click or arrow keys switch the chart, Alt with them moves a
 * symbol, Delete takes it off.
 */
@Component({
  selector: 'st-watchlist',
  imports: [Icon, SparkColumn, WatchEditor],
  templateUrl: './watchlist.html',
  styleUrl: './watchlist.css',
})
export class Watchlist {
  /** Changes when the colours do. */
  readonly theme = input.required<string>();
  /** A symbol to show, while the list keeps the focus. */
  readonly point = output<string>();
  /** A symbol to show, and to go to. */
  readonly choose = output<string>();

  private readonly days = inject(DayFigures);
  private readonly settings = inject(SettingsStore);
  private readonly store = inject(MarketStore);
  private readonly watch = inject(WatchRows);
  protected readonly lists = inject(WatchlistStore);

  protected readonly isOld = inject(DeskStatus).isOld;
  protected readonly rows = this.watch.rows;
  protected readonly isEditing = signal(false);
  protected readonly allName = ALL_NAME;
  protected readonly Infinity = Infinity;
  protected readonly spoken = signal('');
  protected readonly selected = computed(() => this.store.selection().symbol);
  /** The row Tab goes to: the symbol in view, or the first where that is not on the list. */
  protected readonly stop = computed(() => {
    const order = this.watch.order();
    return order.includes(this.selected()) ? this.selected() : order[0];
  });
  protected readonly chosenId = computed(() => this.lists.chosen()?.id ?? '');
  protected readonly heads = computed(() => {
    const sort = this.settings.all().watchSort;
    return HEADS.map((head) => {
      const way = sort?.by !== head.by ? null : sort.isDescending ? 'down' : 'up';
      const words = way === null ? '' : way === 'down' ? ', highest first' : ', lowest first';
      return { ...head, way, label: `Sort by ${head.what}${words}` } as const;
    });
  });

  protected readonly sparks = computed(() =>
    this.watch.order().map((symbol) => {
      const day = this.days.all().get(symbol);
      return { values: day?.closes ?? [], base: day?.priorClose ?? null };
    }),
  );

  constructor() {
    const commands = inject(Commands);
    effect((onCleanup) => {
      const shown = [{ id: '', name: ALL_NAME }, ...this.lists.lists()];
      onCleanup(
        commands.add(
          shown.map(({ id, name }) => ({
            id: `watchlist-${id}`,
            name: `Watchlist: ${name}`,
            group: 'Watchlist',
            run: () => {
              this.lists.choose(id);
            },
          })),
        ),
      );
    });
  }

  /** Opens the list for changes. */
  edit(): void {
    this.isEditing.set(true);
  }

  protected chooseList(event: Event): void {
    this.lists.choose((event.target as HTMLSelectElement).value);
  }

  /** Numbers begin with the highest, names with the first; a third press gives the list its own order back. */
  protected sortBy(by: WatchColumn): void {
    const sort = this.settings.all().watchSort;
    const first = by !== 'symbol';
    const next =
      sort?.by !== by
        ? { by, isDescending: first }
        : sort.isDescending === first
          ? { by, isDescending: !first }
          : null;
    this.settings.change({ watchSort: next });
  }

  protected move(step: number, event: Event): void {
    event.preventDefault();
    const order = this.watch.order();
    const list = (event.currentTarget as HTMLElement).closest('[role=listbox]');
    const at = order.indexOf(this.focused(event));
    const next = order[Math.min(order.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    this.point.emit(next);
    focusRow(list, next);
  }

  /** Moves a symbol within the list, where that has its own order. */
  protected async carry(step: number, event: Event): Promise<void> {
    event.preventDefault();
    const list = (event.currentTarget as HTMLElement).closest('[role=listbox]');
    const symbol = this.focused(event);
    if (this.settings.all().watchSort !== null) {
      this.spoken.set('The list is sorted. Choose its own order to move a symbol.');
      return;
    }
    const index = this.watch.order().indexOf(symbol) + step;
    await this.lists.move(symbol, index);
    const place = this.watch.order().indexOf(symbol) + 1;
    this.spoken.set(`${symbol}, place ${place} of ${this.watch.order().length}`);
    // The row was taken out and put in again, and lost the focus with that.
    requestAnimationFrame(() => {
      focusRow(list, symbol);
    });
  }

  protected async takeOff(event: Event): Promise<void> {
    event.preventDefault();
    const list = (event.currentTarget as HTMLElement).closest('[role=listbox]');
    const symbol = this.focused(event);
    const order = this.watch.order();
    const neighbour = order[order.indexOf(symbol) + 1] ?? order[order.indexOf(symbol) - 1];
    await this.lists.takeOff(symbol);
    this.spoken.set(`${symbol} taken off the list`);
    if (neighbour !== undefined) requestAnimationFrame(() => focusRow(list, neighbour));
  }

  private focused(event: Event): string {
    return (event.currentTarget as HTMLElement).dataset['symbol'] ?? this.selected();
  }
}

function focusRow(list: Element | null, symbol: string): void {
  list?.querySelector<HTMLElement>(`[data-symbol="${symbol}"]`)?.focus();
}
