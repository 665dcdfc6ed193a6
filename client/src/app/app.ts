import { Component, computed, inject, linkedSignal, signal, viewChild } from '@angular/core';
import { Commands, takesKeys } from './data-access/commands';
import { SessionStore } from './data-access/session-store';
import { VIEWS, ViewStore } from './data-access/view-store';
import { Desk, type DeskTab } from './features/desk/desk';
import { PinScreen } from './features/pin/pin-screen';
import { PhoneTabs } from './features/shell/phone-tabs';
import { StatusStrip } from './features/shell/status-strip';
import { RulesView } from './features/rules/rules-view';
import { AlertCues } from './features/shell/alert-cues';
import { SignalsView } from './features/signals/signals-view';
import { SystemView } from './features/system/system-view';
import { VIEW_KEYS, VIEW_NAMES } from './text/texts';

/**
 * The page: the strip, and the view that is open, behind the PIN where there is one. The desk stays as it is under
 * whatever lies over it, locked or not; the code of every other view comes when it is opened first.
 */
@Component({
  selector: 'st-root',
  imports: [Desk, PhoneTabs, PinScreen, RulesView, SignalsView, StatusStrip, SystemView],
  templateUrl: './app.html',
  styleUrl: './app.css',
  host: { '(document:keydown)': 'press($event)' },
})
export class App {
  protected readonly views = inject(ViewStore);
  private readonly commands = inject(Commands);
  private readonly strip = viewChild(StatusStrip);
  protected readonly tab = signal<DeskTab>('chart');
  protected readonly spoken = inject(AlertCues).spoken;
  protected readonly isLocked = inject(SessionStore).isLocked;
  protected readonly wasOpened = linkedSignal<boolean, boolean>({
    source: computed(() => !this.isLocked()),
    computation: (isOpen, before) => isOpen || (before?.value ?? false),
  });

  constructor() {
    this.commands.add(
      VIEWS.map((view) => ({
        id: `view-${view}`,
        name: `Go to ${VIEW_NAMES[view]}`,
        group: 'Views',
        keys: ['G', VIEW_KEYS[view]],
        run: () => {
          this.views.open(view);
        },
      })),
    );
  }

  protected press(event: KeyboardEvent): void {
    const isHeld = event.ctrlKey || event.altKey || event.metaKey;
    if (isHeld || event.defaultPrevented || this.isLocked() || takesKeys(event.target)) return;
    if (this.commands.press(event.key, event.timeStamp)) event.preventDefault();
  }

  protected openAbout(): void {
    this.strip()?.openAbout();
  }
}
