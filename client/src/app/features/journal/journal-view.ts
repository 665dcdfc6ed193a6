import { Component, signal } from '@angular/core';
import { DayView } from './day-view';
import { ImportView } from './import-view';
import { StatisticsView } from './statistics-view';

const PARTS = [
  ['day', 'Day'],
  ['statistics', 'Statistics'],
  ['import', 'Import'],
] as const;

/** The journal: a day at a time, what it all comes to, and files on their way in. */
@Component({
  selector: 'st-journal-view',
  imports: [DayView, ImportView, StatisticsView],
  template: `
    <fieldset class="seg" aria-label="Parts of the journal">
      @for (one of parts; track one[0]) {
        <label>
          <input
            type="radio"
            name="journal-part"
            [checked]="one[0] === part()"
            (change)="part.set(one[0])"
          /><span>{{ one[1] }}</span>
        </label>
      }
    </fieldset>
    @switch (part()) {
      @case ('day') {
        <st-day-view />
      }
      @case ('statistics') {
        <st-statistics-view />
      }
      @case ('import') {
        <st-import-view />
      }
    }
  `,
  styleUrl: './journal-view.css',
})
export class JournalView {
  protected readonly parts = PARTS;
  protected readonly part = signal<(typeof PARTS)[number][0]>('day');
}
