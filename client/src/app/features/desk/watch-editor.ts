import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  inject,
  output,
  signal,
  viewChild,
  type ElementRef,
} from '@angular/core';
import type { SymbolInfo } from '@libs/contract';
import { wordsOfFailure } from '../../data-access/api-request';
import { WatchlistStore } from '../../data-access/watchlist-store';
import { Icon } from '../../ui/icon';

/** The search waits until nothing was typed for this long. */
const TYPING_MS = 150;

/** Changes the watchlist that is shown: symbols found and added, taken off, put in order; its name; new lists. */
@Component({
  selector: 'st-watch-editor',
  imports: [Icon],
  templateUrl: './watch-editor.html',
  styleUrl: './watch-editor.css',
  host: { '(keydown.escape)': 'escape($event)' },
})
export class WatchEditor {
  readonly closed = output();

  protected readonly lists = inject(WatchlistStore);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  protected readonly typed = signal('');
  protected readonly found = signal<readonly SymbolInfo[]>([]);
  protected readonly searchFault = signal<string | null>(null);
  private readonly pointed = signal(0);
  /** Where the symbol that is dragged would be put. */
  protected readonly drag = signal<{ readonly symbol: string; readonly index: number } | null>(null);
  protected readonly spoken = signal('');
  private asking: AbortController | null = null;
  private typing: ReturnType<typeof setTimeout> | undefined;

  protected readonly active = computed(
    () => this.found()[Math.min(this.pointed(), this.found().length - 1)] ?? null,
  );
  /** As it would be if the drag ended now. */
  protected readonly symbols = computed(() => {
    const symbols = this.lists.symbols();
    const drag = this.drag();
    if (drag === null) return symbols;
    const others = symbols.filter((symbol) => symbol !== drag.symbol);
    return [...others.slice(0, drag.index), drag.symbol, ...others.slice(drag.index)];
  });

  constructor() {
    afterNextRender(() => {
      this.field().nativeElement.focus();
    });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.typing);
      this.asking?.abort();
    });
  }

  protected type(): void {
    clearTimeout(this.typing);
    this.typed.set(this.field().nativeElement.value);
    this.typing = setTimeout(() => void this.search(), TYPING_MS);
  }

  protected point(step: number, event: Event): void {
    event.preventDefault();
    const last = this.found().length - 1;
    this.pointed.update((index) => Math.max(0, Math.min(last, index + step)));
    document.getElementById(this.optionId(this.active()))?.scrollIntoView({ block: 'nearest' });
  }

  protected isOnList(symbol: string): boolean {
    return this.lists.symbols().includes(symbol);
  }

  protected async add(found: SymbolInfo | null): Promise<void> {
    if (found === null || this.isOnList(found.symbol)) return;
    await this.lists.add(found.symbol);
    if (this.isOnList(found.symbol)) this.spoken.set(`${found.symbol} added`);
    const field = this.field().nativeElement;
    field.value = '';
    this.type();
    field.focus();
  }

  protected carry(symbol: string, step: number, event: Event): void {
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    void this.put(symbol, this.lists.symbols().indexOf(symbol) + step).then(() => {
      handle.focus();
    });
  }

  /** Follows the pointer from the handle on; letting go puts the symbol where it is. */
  protected dragStart(symbol: string, event: PointerEvent): void {
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    const list = handle.closest('ul');
    const row = handle.closest('li');
    if (list === null || row === null) return;
    const height = row.getBoundingClientRect().height;
    const indexAt = (clientY: number): number => {
      const index = Math.floor((clientY - list.getBoundingClientRect().top) / height);
      return Math.max(0, Math.min(this.lists.symbols().length - 1, index));
    };
    this.drag.set({ symbol, index: this.lists.symbols().indexOf(symbol) });
    const follow = ({ clientY }: PointerEvent): void => {
      this.drag.set({ symbol, index: indexAt(clientY) });
    };
    const end = (isDropped: boolean): void => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', cancel);
      const index = this.drag()?.index;
      if (isDropped && index !== undefined) {
        const put = this.put(symbol, index);
        void put.finally(() => {
          this.drag.set(null);
        });
      } else this.drag.set(null);
    };
    const drop = (): void => {
      end(true);
    };
    const cancel = (): void => {
      end(false);
    };
    addEventListener('pointermove', follow);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', cancel);
  }

  protected rename(event: Event): void {
    const field = event.target as HTMLInputElement;
    const name = field.value.trim();
    const before = this.lists.chosen()?.name ?? '';
    if (name === '' || name === before) field.value = before;
    else void this.lists.rename(name);
  }

  protected create(): void {
    void this.lists.create(`List ${this.lists.lists().length + 1}`);
  }

  protected optionId(found: SymbolInfo | null): string {
    return `watch-found-${found?.symbol ?? ''}`;
  }

  protected escape(event: Event): void {
    event.stopPropagation();
    if (this.typed() === '') this.closed.emit();
    else {
      this.field().nativeElement.value = '';
      this.type();
    }
  }

  private async put(symbol: string, index: number): Promise<void> {
    if (this.lists.symbols().indexOf(symbol) === index) return;
    await this.lists.move(symbol, index);
    this.spoken.set(
      `${symbol}, place ${this.lists.symbols().indexOf(symbol) + 1} of ${this.lists.symbols().length}`,
    );
  }

  private async search(): Promise<void> {
    this.asking?.abort();
    const words = this.typed().trim();
    this.pointed.set(0);
    if (words === '') {
      this.found.set([]);
      this.searchFault.set(null);
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    try {
      const found = await this.lists.search(words, asking.signal);
      if (asking.signal.aborted) return;
      this.found.set(found);
      this.searchFault.set(found.length === 0 ? `Nothing matches ${words}.` : null);
    } catch (error) {
      if (!asking.signal.aborted) this.searchFault.set(wordsOfFailure(error));
    }
  }
}
