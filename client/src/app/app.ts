import { Component, computed, inject, linkedSignal, signal, viewChild } from '@angular/core';
import { Commands, takesKeys } from './data-access/commands';
import { ReplayStore } from './data-access/replay-store';
import { SessionStore } from './data-access/session-store';
import { VIEWS, ViewStore } from './data-access/view-store';
import { Coach } from './features/coach/coach';
import { Desk, type DeskTab } from './features/desk/desk';
import { JournalView } from './features/journal/journal-view';
import { PinScreen } from './features/pin/pin-screen';
import { ReplayDialog } from './features/replay/replay-dialog';
import { Transport } from './features/replay/transport';
import { SettingsView } from './features/settings/settings-view';
import { KeyList } from './features/shell/palette/key-list';
import { Palette } from './features/shell/palette/palette';
import { PhoneTabs } from './features/shell/phone-tabs';
import { Tour } from './features/shell/tour/tour';
import { StatusStrip } from './features/shell/status-strip';
import { SettingsStore } from './data-access/settings-store';
import { SettingsSync } from './data-access/settings-sync';
import { THEMES } from './data-access/theme';
import { Appearance } from './data-access/appearance';
import { RulesView } from './features/rules/rules-view';
import { AlertCues } from './features/shell/alert-cues';
import { SentSignals } from './features/shell/sent-signals';
import { StateCues } from './features/shell/state-cues';
import { SignalsView } from './features/signals/signals-view';
import { SystemView } from './features/system/system-view';
import { THEME_NAMES, VIEW_KEYS, VIEW_NAMES } from './text/texts';

/**
 * The page: the strip, and the view that is open, behind the PIN where there is one. The desk stays as it is under
 * whatever lies over it, locked or not; the code of every other view comes when it is opened first.
 */
@Component({
  selector: 'st-root',
  imports: [
    Coach,
    Desk,
    JournalView,
    KeyList,
    Palette,
    PhoneTabs,
    PinScreen,
    ReplayDialog,
    RulesView,
    SettingsView,
    SignalsView,
    StatusStrip,
    SystemView,
    Tour,
    Transport,
  ],
  templateUrl: './app.html',
  styleUrl: './app.css',
  host: { '(document:keydown)': 'press($event)' },
})
export class App {
  protected readonly views = inject(ViewStore);
  protected readonly replays = inject(ReplayStore);
  private readonly commands = inject(Commands);
  private readonly settings = inject(SettingsStore);
  private readonly strip = viewChild(StatusStrip);
  protected readonly tab = signal<DeskTab>('chart');
  /** What lies over everything, one at a time. */
  protected readonly overlay = signal<'palette' | 'keys' | null>(null);
  private readonly sync = inject(SettingsSync);
  /** Once there is a chart to look around at, nobody at work in a replay, and it is known that no other device has shown it. */
  protected readonly hasTour = computed(
    () =>
      this.views.isDesk() &&
      this.sync.isSettled() &&
      !this.replays.isOn() &&
      !this.settings.all().hasSeenTour,
  );
  protected readonly spoken = inject(AlertCues).spoken;
  protected readonly isLocked = inject(SessionStore).isLocked;
  protected readonly wasOpened = linkedSignal<boolean, boolean>({
    source: computed(() => !this.isLocked()),
    computation: (isOpen, before) => isOpen || (before?.value ?? false),
  });

  constructor() {
    inject(StateCues);
    inject(SentSignals);
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
    const appearance = inject(Appearance);
    this.commands.add([
      ...THEMES.map((theme) => ({
        id: `theme-${theme}`,
        name: `Theme: ${THEME_NAMES[theme]}`,
        group: 'Settings',
        run: () => {
          appearance.choose(theme);
        },
      })),
      {
        id: 'sound',
        name: 'Sound on or off',
        group: 'Settings',
        keys: ['M'],
        run: () => {
          this.settings.change({ sound: !this.settings.all().sound });
        },
      },
      {
        id: 'keys',
        name: 'All keys',
        group: 'Help',
        keys: ['?'],
        run: () => {
          this.overlay.set('keys');
        },
      },
      {
        id: 'about',
        name: 'About Spotlight Trader',
        group: 'Help',
        also: 'licence version log out',
        run: () => this.strip()?.openAbout(),
      },
    ]);
  }

  protected press(event: KeyboardEvent): void {
    const isHeld = event.ctrlKey || event.altKey || event.metaKey;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !this.isLocked()) {
      event.preventDefault();
      this.openPalette();
      return;
    }
    if (isHeld || event.defaultPrevented || this.isLocked() || takesKeys(event.target, event.key)) return;
    if (this.commands.press(event.key, event.timeStamp)) event.preventDefault();
  }

  /** What was closed may have opened another one. */
  protected closeOverlay(closed: 'palette' | 'keys'): void {
    if (this.overlay() === closed) this.overlay.set(null);
  }

  protected openPalette(): void {
    this.overlay.set('palette');
  }
}
