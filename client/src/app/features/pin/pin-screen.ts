import { afterNextRender, Component, inject, signal, viewChild, type ElementRef } from '@angular/core';
import { SessionStore } from '../../data-access/session-store';
import { PIN_TEXTS } from '../../text/texts';
import { Icon } from '../../ui/icon';

/** Asks for the PIN. One field: a PIN may hold letters, and how long it is is nobody's business. */
@Component({
  selector: 'st-pin-screen',
  imports: [Icon],
  templateUrl: './pin-screen.html',
  styleUrl: './pin-screen.css',
})
export class PinScreen {
  private readonly session = inject(SessionStore);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');
  private waiting: ReturnType<typeof setTimeout> | undefined;

  protected readonly texts = PIN_TEXTS;
  protected readonly fault = signal<string | null>(null);
  protected readonly isBusy = signal(false);
  protected readonly isPaused = signal(false);

  constructor() {
    afterNextRender(() => {
      this.field().nativeElement.focus();
    });
  }

  protected async enter(event: Event): Promise<void> {
    event.preventDefault();
    const input = this.field().nativeElement;
    if (this.isBusy() || this.isPaused()) return;
    if (input.value === '') {
      this.fault.set(PIN_TEXTS.empty);
      input.focus();
      return;
    }
    this.isBusy.set(true);
    const refusal = await this.session.enter(input.value);
    this.isBusy.set(false);
    if (refusal === null) {
      input.value = '';
      return;
    }
    this.fault.set(refusal.message);
    this.pause(refusal.waitS);
    input.focus();
    input.select();
  }

  /** A try before its time would only be refused; the button says when there may be one. */
  private pause(waitS: number): void {
    if (waitS <= 0) return;
    this.isPaused.set(true);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.isPaused.set(false);
      this.fault.set(PIN_TEXTS.again);
    }, waitS * 1_000);
  }
}
