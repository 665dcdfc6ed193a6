import { Component, inject, input, output, signal, viewChild, type ElementRef } from '@angular/core';
import { JournalClient } from './journal-client';
import { JOURNAL_ZONE } from './journal-words';

/** A round trip by hand: where it was entered and left, and why. The exit may be left open. */
@Component({
  selector: 'st-trade-form',
  template: `
    <dialog #box aria-labelledby="trade-form-title" (close)="closed.emit()">
      <form (submit)="$event.preventDefault(); keep($any($event.target))">
        <h2 id="trade-form-title">Trade by hand</h2>
        <p>Times are New York's.</p>
        <div class="grid">
          <label>Symbol<input class="box" name="symbol" required maxlength="40" /></label>
          <label
            >Side
            <select class="box" name="side">
              <option value="buy">Long</option>
              <option value="sell">Short</option>
            </select></label
          >
          <label>Quantity<input class="box" name="quantity" required inputmode="decimal" /></label>
          <label>Date<input class="box" name="date" type="date" required [value]="date()" /></label>
          <label>Entered at<input class="box" name="enteredAt" type="time" step="1" required /></label>
          <label>Entry price<input class="box" name="entry" required inputmode="decimal" /></label>
          <label>Left at<input class="box" name="leftAt" type="time" step="1" /></label>
          <label>Exit price<input class="box" name="exit" inputmode="decimal" /></label>
          <label>Fees in all<input class="box" name="fee" inputmode="decimal" /></label>
          <label>Planned stop<input class="box" name="stop" inputmode="decimal" /></label>
        </div>
        <label
          >Why did you take it?<textarea class="box" name="text" rows="3" maxlength="5000"></textarea>
        </label>
        @if (fault(); as fault) {
          <p class="fault" role="alert">{{ fault }}</p>
        }
        <footer>
          <button type="button" class="btn" (click)="box.close()">Cancel</button>
          <button type="submit" class="btn strong">Record the trade</button>
        </footer>
      </form>
    </dialog>
  `,
  styleUrl: './trade-form.css',
})
export class TradeForm {
  /** Date the form begins with. */
  readonly date = input.required<string>();
  /** The trade is on record; its date. */
  readonly recorded = output<string>();
  readonly closed = output();
  private readonly client = inject(JournalClient);
  private readonly box = viewChild.required<ElementRef<HTMLDialogElement>>('box');
  protected readonly fault = signal<string | null>(null);

  open(): void {
    this.fault.set(null);
    this.box().nativeElement.showModal();
  }

  protected async keep(form: HTMLFormElement): Promise<void> {
    const data = new FormData(form);
    const field = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const isLeft = field('exit') !== '';
    if (isLeft !== (field('leftAt') !== '')) {
      this.fault.set('An exit needs both its time and its price.');
      return;
    }
    const fill = (side: string, time: string, price: string, fee: string) => ({
      symbol: field('symbol'),
      side: side as 'buy' | 'sell',
      quantity: field('quantity'),
      price,
      fee: fee === '' ? '0' : fee,
      atMs: instantOf(field('date'), time),
    });
    const side = field('side');
    const fills = [fill(side, field('enteredAt'), field('entry'), isLeft ? '' : field('fee'))];
    const other = side === 'buy' ? 'sell' : 'buy';
    if (isLeft) fills.push(fill(other, field('leftAt'), field('exit'), field('fee')));
    try {
      await this.client.create({
        text: field('text'),
        stop: field('stop') === '' ? null : field('stop'),
        fills,
      });
      form.reset();
      this.box().nativeElement.close();
      this.recorded.emit(field('date'));
    } catch (error) {
      this.fault.set(error instanceof Error ? error.message : 'The server does not answer.');
    }
  }
}

/** Instant of a local time in New York. */
function instantOf(date: string, time: string): number {
  const asUtc = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}Z`);
  const guess = asUtc - JOURNAL_ZONE.offsetMs(asUtc);
  return asUtc - JOURNAL_ZONE.offsetMs(guess);
}
