import {
  afterNextRender,
  Component,
  computed,
  type ElementRef,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { Commands, type Command } from '../../../data-access/commands';
import { MarketStore } from '../../../data-access/market-store';
import { ViewStore } from '../../../data-access/view-store';
import { Icon } from '../../../ui/icon';

/** Lines the palette shows at once; typing finds the rest. */
const MOST_SHOWN = 60;

/** Find or do: every command of the desk and every symbol, by typing. */
@Component({
  selector: 'st-palette',
  imports: [Icon],
  templateUrl: './palette.html',
  styleUrl: './palette.css',
})
export class Palette {
  readonly closed = output();
  private readonly commands = inject(Commands);
  private readonly store = inject(MarketStore);
  private readonly views = inject(ViewStore);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly pointed = signal(0);
  protected readonly typed = signal('');

  private readonly found = computed<readonly Command[]>(() => {
    const words = this.typed().trim().toLowerCase().split(/\s+/);
    const fits = ({ name, also = '' }: Command): boolean => {
      const text = `${name} ${also}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    return [...this.commands.all(), ...this.symbols()].filter(fits).slice(0, MOST_SHOWN);
  });
  protected readonly groups = computed(() => {
    const groups = new Map<string, { command: Command; at: number }[]>();
    this.found().forEach((command, at) => {
      const group = groups.get(command.group);
      if (group === undefined) groups.set(command.group, [{ command, at }]);
      else group.push({ command, at });
    });
    return [...groups].map(([title, rows]) => ({ title, rows }));
  });
  protected readonly active = computed(() => Math.min(this.pointed(), this.found().length - 1));
  private readonly symbols = computed<readonly Command[]>(() =>
    this.store.symbols().map(({ symbol, name }) => ({
      id: `symbol-${symbol}`,
      name: symbol,
      group: 'Symbols',
      also: name,
      run: () => {
        this.store.show({ ...this.store.selection(), symbol });
        this.views.open('desk');
      },
    })),
  );

  constructor() {
    afterNextRender(() => {
      this.dialog().nativeElement.showModal();
    });
  }

  protected search(event: Event): void {
    this.typed.set((event.target as HTMLInputElement).value);
    this.pointed.set(0);
  }

  protected move(step: number, event: Event): void {
    event.preventDefault();
    const last = this.found().length - 1;
    this.pointed.set(Math.max(0, Math.min(last, this.active() + step)));
    document.getElementById(this.rowId(this.pointed()))?.scrollIntoView({ block: 'nearest' });
  }

  protected run(at: number): void {
    const command = this.found()[at];
    if (command === undefined) return;
    this.dialog().nativeElement.close();
    command.run();
  }

  protected rowId(at: number): string {
    return `palette-${at}`;
  }
}
