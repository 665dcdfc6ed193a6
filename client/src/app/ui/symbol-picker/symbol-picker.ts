import {
  afterNextRender,
  Component,
  computed,
  ElementRef,
  inject,
  Injector,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { TEXTS } from '../../text/texts';
import { Icon } from '../icon';

/** One symbol to choose from. */
export interface SymbolChoice {
  readonly symbol: string;
  readonly name: string;
}

/** The symbol in view as a button that opens a searchable list. Arrow keys, Enter and Escape do what they do in lists. */
@Component({
  selector: 'st-symbol-picker',
  imports: [Icon],
  templateUrl: './symbol-picker.html',
  styleUrl: './symbol-picker.css',
  host: { '(document:pointerdown)': 'closeOutside($event)', '(keydown.escape)': 'close(true)' },
})
export class SymbolPicker {
  readonly choices = input.required<readonly SymbolChoice[]>();
  readonly chosen = input.required<string>();
  readonly name = input('');
  readonly choose = output<string>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly button = viewChild.required<ElementRef<HTMLElement>>('button');
  private readonly field = viewChild<ElementRef<HTMLElement>>('field');
  private readonly injector = inject(Injector);
  private readonly pointed = signal(0);
  protected readonly texts = TEXTS;
  protected readonly isOpen = signal(false);
  protected readonly typed = signal('');

  /** What fits the typed text: symbols that begin with it first, then names that hold it. */
  protected readonly matches = computed(() => {
    const typed = this.typed().trim().toUpperCase();
    const choices = this.choices();
    if (typed === '') return choices;
    const bySymbol = choices.filter(({ symbol }) => symbol.startsWith(typed));
    const byName = choices.filter(
      ({ symbol, name }) => !symbol.startsWith(typed) && `${symbol} ${name}`.toUpperCase().includes(typed),
    );
    return [...bySymbol, ...byName];
  });
  protected readonly active = computed(
    () => this.matches()[Math.min(this.pointed(), this.matches().length - 1)],
  );

  protected toggle(): void {
    if (this.isOpen()) this.close(false);
    else this.open();
  }

  protected open(): void {
    this.typed.set('');
    this.pointed.set(
      Math.max(
        0,
        this.choices().findIndex(({ symbol }) => symbol === this.chosen()),
      ),
    );
    this.isOpen.set(true);
    afterNextRender(() => this.field()?.nativeElement.focus(), { injector: this.injector });
  }

  protected close(withFocus: boolean): void {
    if (!this.isOpen()) return;
    this.isOpen.set(false);
    if (withFocus) this.button().nativeElement.focus();
  }

  protected closeOutside({ target }: Event): void {
    if (this.isOpen() && target instanceof Node && !this.host.nativeElement.contains(target))
      this.close(false);
  }

  protected search(event: Event): void {
    this.typed.set((event.target as HTMLInputElement).value);
    this.pointed.set(0);
  }

  protected move(step: number, event: Event): void {
    event.preventDefault();
    const last = this.matches().length - 1;
    this.pointed.update((index) => Math.max(0, Math.min(last, Math.min(index, last) + step)));
    const { symbol } = this.active() ?? {};
    if (symbol !== undefined)
      document.getElementById(this.optionId(symbol))?.scrollIntoView({ block: 'nearest' });
  }

  protected take(symbol: string | undefined): void {
    if (symbol === undefined) return;
    this.close(true);
    this.choose.emit(symbol);
  }

  protected optionId(symbol: string): string {
    return `symbol-option-${symbol}`;
  }
}
