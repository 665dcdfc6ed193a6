import { Component, input } from '@angular/core';
import { Icon } from '../../ui/icon';
import type { CoachPhase } from './coach-phase';

/** The coach's mark: a candle in a ring at rest, a disc of light when it speaks. Decoration; the words say it. */
@Component({
  selector: 'st-orb',
  imports: [Icon],
  host: { 'aria-hidden': 'true', '[class]': 'phase()' },
  template: `
    @switch (phase()) {
      @case ('speaking') {
        <i></i><i></i><i></i><i></i><i></i>
      }
      @case ('listening') {
        <i></i><i></i><i></i><i></i><i></i>
      }
      @case ('capped') {
        <st-icon name="pause" />
      }
      @default {
        <st-icon name="candle" />
      }
    }
  `,
  styleUrl: './orb.css',
})
export class Orb {
  readonly phase = input.required<CoachPhase>();
}
