import { Component, computed, inject, model, output } from '@angular/core';
import { Commands } from '../../data-access/commands';
import { ViewStore, type View } from '../../data-access/view-store';
import { Icon, type IconName } from '../../ui/icon';

/** What the desk shows on a phone, one thing at a time. */
type DeskTab = 'chart' | 'watch';

interface Tab {
  readonly name: string;
  readonly icon: IconName;
  readonly view: View;
  /** Part of the desk, where it is the desk. */
  readonly tab?: DeskTab;
}

const TABS: readonly Tab[] = [
  { name: 'Chart', icon: 'chart', view: 'desk', tab: 'chart' },
  { name: 'Watch', icon: 'list', view: 'desk', tab: 'watch' },
  { name: 'Signals', icon: 'bell', view: 'signals' },
  { name: 'Rules', icon: 'rule', view: 'rules' },
  { name: 'Journal', icon: 'book', view: 'journal' },
];

/** The way around on a phone, under the thumb. */
@Component({
  selector: 'st-phone-tabs',
  imports: [Icon],
  template: `
    <nav aria-label="Parts of the desk">
      @for (one of tabs(); track one.name) {
        <button type="button" [attr.aria-current]="one.isCurrent ? 'page' : null" (click)="open(one)">
          <st-icon [name]="one.icon" />{{ one.name }}
        </button>
      }
      <button type="button" (click)="openCoach()"><st-icon name="candle" />Coach</button>
      <button type="button" (click)="more.emit()"><st-icon name="dots" />More</button>
    </nav>
  `,
  styleUrl: './phone-tabs.css',
})
export class PhoneTabs {
  readonly tab = model.required<DeskTab>();
  readonly more = output();
  private readonly views = inject(ViewStore);
  private readonly commands = inject(Commands);

  protected readonly tabs = computed(() =>
    TABS.map((one) => ({
      ...one,
      isCurrent: one.view === this.views.view() && (one.tab === undefined || one.tab === this.tab()),
    })),
  );

  protected openCoach(): void {
    this.commands.run('coach-show');
  }

  protected open({ view, tab }: Tab): void {
    this.views.open(view);
    if (tab !== undefined) this.tab.set(tab);
  }
}
