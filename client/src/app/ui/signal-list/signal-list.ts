import { Component, computed, input, output } from '@angular/core';
import type { AlertEvent } from '@libs/contract';
import { formatMoment } from '../../text/format';
import type { Zone } from '../../text/zone';

/** What the list shows of a signal. */
export type ListedSignal = Omit<AlertEvent, 'muted'> & { readonly muted?: boolean };

/** Signals as rows, newest first: when, what of whom, and why. */
@Component({
  selector: 'st-signal-list',
  template: `
    <ul>
      @for (row of rows(); track row.id) {
        <li>
          <button
            type="button"
            class="row"
            [class.muted]="row.isMuted"
            [attr.aria-current]="row.isOpen ? 'true' : null"
            (click)="open.emit(row.id)"
          >
            <span class="when">{{ row.when }}</span>
            <span class="what"
              ><b>{{ row.symbol }}</b> {{ row.name }}
              @if (row.isUnseen) {
                <i class="lamp" role="img" aria-label="new"></i>
              }
            </span>
            <span class="why">{{ row.why }}</span>
          </button>
        </li>
      }
    </ul>
  `,
  styleUrl: './signal-list.css',
})
export class SignalList {
  readonly signals = input.required<readonly ListedSignal[]>();
  readonly zone = input.required<Zone>();
  /** Time on the desk: what is of another day carries its day. */
  readonly nowMs = input.required<number>();
  readonly opened = input<string | null>(null);
  readonly unseen = input<ReadonlySet<string>>(new Set<string>());
  readonly open = output<string>();

  protected readonly rows = computed(() =>
    this.signals().map(({ id, symbol, rule, bar_start, explanation, muted }) => ({
      id,
      symbol,
      name: rule.name,
      when: formatMoment(bar_start, this.nowMs(), this.zone()),
      why: explanation,
      isMuted: muted === true,
      isOpen: id === this.opened(),
      isUnseen: this.unseen().has(id),
    })),
  );
}
