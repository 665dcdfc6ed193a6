import { Component, input } from '@angular/core';

/** Names of the icons; each is drawn on a 16 px grid with 1.5 px round strokes. */
export type IconName =
  | 'up'
  | 'down'
  | 'flat'
  | 'complete'
  | 'warn'
  | 'chart'
  | 'list'
  | 'book'
  | 'chevron'
  | 'contrast'
  | 'search'
  | 'check'
  | 'pulse'
  | 'dots'
  | 'close'
  | 'plus'
  | 'grip'
  | 'rule'
  | 'bell'
  | 'muted'
  | 'indicator'
  | 'mic'
  | 'power'
  | 'pause'
  | 'stop'
  | 'candle'
  | 'replay'
  | 'play'
  | 'step'
  | 'back'
  | 'layout-1'
  | 'layout-2'
  | 'layout-4';

/** One icon in the colour of its text. Decoration only: whoever uses it names it. */
@Component({
  selector: 'st-icon',
  host: { 'aria-hidden': 'true', class: 'icon' },
  template: `
    <svg viewBox="0 0 16 16" width="16" height="16" focusable="false">
      @switch (name()) {
        @case ('up') {
          <path class="solid" d="M8 3 14 13H2z" />
        }
        @case ('down') {
          <path class="solid" d="M8 13 2 3h12z" />
        }
        @case ('flat') {
          <path d="M3 8h10" />
        }
        @case ('complete') {
          <circle cx="8" cy="8" r="6" />
          <path d="m5.4 8.2 1.8 1.8 3.4-3.8" />
        }
        @case ('warn') {
          <path d="M8 2.4 14.2 13H1.8zM8 6.4v3M8 11.2v.02" />
        }
        @case ('chart') {
          <path d="M5 1.8v2.4M5 10.2v2.6M11 3.2v2.6M11 11.8v2.4" />
          <rect x="3.2" y="4.2" width="3.6" height="6" rx=".4" />
          <rect class="solid" x="9.2" y="5.8" width="3.6" height="6" rx=".4" />
        }
        @case ('list') {
          <path d="M5.6 4h8M5.6 8h8M5.6 12h8M2.4 4h.02M2.4 8h.02M2.4 12h.02" />
        }
        @case ('book') {
          <path
            d="M8 4C6.4 2.9 4.4 2.6 2.2 2.8v9.8c2.2-.2 4.2.1 5.8 1.2 1.6-1.1 3.6-1.4 5.8-1.2V2.8C11.6 2.6 9.6 2.9 8 4zM8 4v9.6"
          />
        }
        @case ('chevron') {
          <path d="m4.5 6.2 3.5 3.6 3.5-3.6" />
        }
        @case ('contrast') {
          <circle cx="8" cy="8" r="6" />
          <path class="solid" d="M8 2a6 6 0 0 1 0 12z" />
        }
        @case ('search') {
          <circle cx="7" cy="7" r="4.5" />
          <path d="M10.4 10.4 14 14" />
        }
        @case ('check') {
          <path d="m3 8.6 3.2 3L13 4.6" />
        }
        @case ('pulse') {
          <path d="M1.4 8.2h2.8L6.4 3l3.2 10 2-4.8h3" />
        }
        @case ('dots') {
          <path d="M3.4 8h.02M8 8h.02M12.6 8h.02" stroke-width="2.2" />
        }
        @case ('close') {
          <path d="m4.2 4.2 7.6 7.6M11.8 4.2l-7.6 7.6" />
        }
        @case ('grip') {
          <path d="M6 4v.02M10 4v.02M6 8v.02M10 8v.02M6 12v.02M10 12v.02" />
        }
        @case ('plus') {
          <path d="M8 3.2v9.6M3.2 8h9.6" />
        }
        @case ('rule') {
          <path d="M8 2 14 8l-6 6-6-6zM8 5.8v2.6M8 10.4v.02" />
        }
        @case ('bell') {
          <path
            d="M3.4 11.4c.8-.7 1.2-1.6 1.2-2.7V6.8a3.4 3.4 0 0 1 6.8 0v1.9c0 1.1.4 2 1.2 2.7zM6.6 13.6h2.8"
          />
        }
        @case ('muted') {
          <path
            d="M3.4 11.4c.8-.7 1.2-1.6 1.2-2.7V6.8a3.4 3.4 0 0 1 6.8 0v1.9c0 1.1.4 2 1.2 2.7zM6.6 13.6h2.8M2.5 2.2l11 11.6"
          />
        }
        @case ('replay') {
          <path d="M3 8a5 5 0 1 0 1.5-3.6M2.8 2.4v2.8h2.8" />
        }
        @case ('play') {
          <path class="solid" d="M5 3.2v9.6L12.6 8z" />
        }
        @case ('step') {
          <path class="solid" d="M3.8 3.6v8.8L10 8z" />
          <path d="M12.2 3.6v8.8" />
        }
        @case ('back') {
          <path class="solid" d="M12.2 3.6v8.8L6 8z" />
          <path d="M3.8 3.6v8.8" />
        }
        @case ('layout-1') {
          <rect x="2" y="3" width="12" height="10" rx="1.4" />
        }
        @case ('layout-2') {
          <rect x="2" y="3" width="12" height="10" rx="1.4" />
          <path d="M8 3v10" />
        }
        @case ('layout-4') {
          <rect x="2" y="3" width="12" height="10" rx="1.4" />
          <path d="M8 3v10M2 8h12" />
        }
        @case ('indicator') {
          <path d="M1.8 11.4c2.4 0 2.6-6.8 5-6.8s2.2 4.4 4.2 4.4 2-3 3.2-3" />
        }
        @case ('mic') {
          <rect x="6" y="1.8" width="4" height="7.4" rx="2" />
          <path d="M3.6 7.8a4.4 4.4 0 0 0 8.8 0M8 12.2v2" />
        }
        @case ('power') {
          <path d="M8 1.8v5.4M4.6 4.2a5.2 5.2 0 1 0 6.8 0" />
        }
        @case ('pause') {
          <path d="M5.4 3.6v8.8M10.6 3.6v8.8" stroke-width="2.2" />
        }
        @case ('stop') {
          <rect class="solid" x="4" y="4" width="8" height="8" rx="1" />
        }
        @case ('candle') {
          <path d="M8 1.6v3M8 11.4v3" />
          <rect class="solid" x="5.8" y="4.6" width="4.4" height="6.8" rx=".6" />
        }
      }
    </svg>
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
}
