import { Component, computed, input, output } from '@angular/core';
import type { CalendarDay } from '@libs/journal';
import { formatChange } from '../../text/format';
import { dateTitle, monthTitle } from './journal-words';

/** One day of the month as it is shown. */
interface DayCell {
  readonly date: string;
  readonly day: number;
  readonly net: string | null;
  readonly look: 'won' | 'lost' | 'none';
  /** What the number of the day leaves out: ` June, net`. */
  readonly label: string;
}

/** Weeks of a month, Monday to Friday, and weekends where something was traded on one or one is looked at. */
@Component({
  selector: 'st-month-calendar',
  template: `
    <header>
      <h2>{{ title() }}</h2>
      <button type="button" class="btn ghost" aria-label="Month before" (click)="step.emit(-1)">‹</button>
      <button type="button" class="btn ghost" aria-label="Month after" (click)="step.emit(1)">›</button>
    </header>
    <div class="grid" [style.grid-template-columns]="'repeat(' + names().length + ', minmax(0, 1fr))'">
      @for (name of names(); track name) {
        <span class="name" aria-hidden="true">{{ name }}</span>
      }
      @for (cell of cells(); track $index) {
        @if (cell) {
          <button
            type="button"
            [class]="cell.look"
            [attr.aria-current]="cell.date === chosen() ? 'date' : null"
            (click)="choose.emit(cell.date)"
          >
            <span
              >{{ cell.day }}<span class="sr-only"> {{ cell.label }}</span></span
            >
            <span class="net">{{ cell.net }}</span>
          </button>
        } @else {
          <span></span>
        }
      }
    </div>
  `,
  styleUrl: './month-calendar.css',
})
export class MonthCalendar {
  /** `2026-11` */
  readonly month = input.required<string>();
  readonly days = input.required<readonly CalendarDay[]>();
  readonly chosen = input.required<string>();
  readonly choose = output<string>();
  readonly step = output<number>();

  protected readonly title = computed(() => monthTitle(this.month()));
  private readonly hasWeekends = computed(() =>
    [this.chosen(), ...this.days().map(({ date }) => date)].some(
      (date) => date.startsWith(this.month()) && weekdayOf(date) > 4,
    ),
  );
  protected readonly names = computed(() => [
    'Mon',
    'Tue',
    'Wed',
    'Thu',
    'Fri',
    ...(this.hasWeekends() ? ['Sat', 'Sun'] : []),
  ]);

  protected readonly cells = computed((): (DayCell | null)[] => {
    const nets = new Map(this.days().map(({ date, net }) => [date, Number(net)]));
    const shown = this.names().length;
    const dates = datesOf(this.month()).filter((date) => weekdayOf(date) < shown);
    const before = weekdayOf(dates[0] ?? '');
    return [...Array<null>(before).fill(null), ...dates.map((date) => cellOf(date, nets.get(date)))];
  });
}

function cellOf(date: string, net: number | undefined): DayCell {
  const text = net === undefined ? null : formatChange(net, 0);
  return {
    date,
    day: Number(date.slice(8)),
    net: text,
    look: net === undefined || net === 0 ? 'none' : net > 0 ? 'won' : 'lost',
    label: `${monthOf(date)}${text === null ? ', no trade' : ', net'}`,
  };
}

/** `June` of a date. */
function monthOf(date: string): string {
  return dateTitle(date).split(' ')[2] ?? '';
}

function datesOf(month: string): string[] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, day) => `${month}-${String(day + 1).padStart(2, '0')}`);
}

/** 0 for Monday. */
function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}
