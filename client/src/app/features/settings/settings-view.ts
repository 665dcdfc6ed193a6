import { Component, computed, inject, signal } from '@angular/core';
import { Appearance } from '../../data-access/appearance';
import { Commands } from '../../data-access/commands';
import {
  DENSITIES,
  HOURS_CHOICES,
  UPDOWN_PAIRS,
  ZONE_CHOICES,
  type Settings,
} from '../../data-access/settings';
import { askForNotifications } from '../../data-access/notification-permission';
import { MarketStore } from '../../data-access/market-store';
import { SettingsStore } from '../../data-access/settings-store';
import { SettingsSync } from '../../data-access/settings-sync';
import { THEMES, type Theme } from '../../data-access/theme';
import { THEME_NAMES } from '../../text/texts';
import { CHART_STYLE_NAMES, CHART_STYLES } from '../../ui/price-chart/chart-style';
import { Icon } from '../../ui/icon';
import { DeliverySettings } from './delivery/delivery-settings';
import { HotkeyTable } from './hotkey-table';
import { SoundSettings } from './sound-settings';

const PAIR_WORDS: Readonly<Record<Settings['updown'], readonly [name: string, note: string]>> = {
  'teal-coral': ['Teal and coral', 'Safe for colour blindness'],
  'blue-red': ['Blue and red', 'Safe, and further apart'],
  ink: ['No colour', 'Hollow and solid only'],
  classic: ['Green and red', 'Not safe for colour blindness'],
};
const DENSITY_NAMES: Readonly<Record<Settings['density'], string>> = {
  comfortable: 'Comfortable',
  compact: 'Compact',
};
const ZONE_NAMES: Readonly<Record<Settings['zone'], string>> = {
  exchange: 'Exchange',
  local: 'This device',
  utc: 'UTC',
};
const HOURS_NAMES: Readonly<Record<Settings['hours'], string>> = {
  regular: 'Regular',
  extended: 'Extended',
  all: 'All',
};

/** How the desk looks and tells, chosen and seen at once. */
@Component({
  selector: 'st-settings-view',
  imports: [DeliverySettings, HotkeyTable, Icon, SoundSettings],
  templateUrl: './settings-view.html',
  styleUrl: './settings-view.css',
})
export class SettingsView {
  private readonly appearance = inject(Appearance);
  private readonly store = inject(SettingsStore);
  private readonly commands = inject(Commands);

  private readonly market = inject(MarketStore);
  protected readonly sync = inject(SettingsSync);
  protected readonly settings = this.store.all;
  /** The chart the desk could open with: the one that was chosen, or the one in view. */
  protected readonly start = computed(() => this.settings().start ?? this.market.selection());
  protected readonly theme = this.appearance.theme;
  /** The theme the page wears, also where the system chose it: samples of colours are of a theme. */
  protected readonly wornTheme = computed(() => {
    this.appearance.colours();
    return document.documentElement.dataset['theme'] ?? 'dark';
  });
  protected readonly refusal = signal<string | null>(null);
  protected readonly themes = THEMES.map((value) => ({ value, name: THEME_NAMES[value] }));
  protected readonly pairs = UPDOWN_PAIRS.map((value) => {
    const [name, note] = PAIR_WORDS[value];
    return { value, name, note };
  });
  /** Choices that are a row with a segment each. */
  protected readonly rows = [
    {
      field: 'density' as const,
      name: 'Density',
      note: 'How much room rows take. Touch keeps its own.',
      choices: DENSITIES.map((value) => ({ value, name: DENSITY_NAMES[value] })),
    },
    {
      field: 'zone' as const,
      name: 'Axis',
      note: 'The clock of every time on the desk, right through both clock changes a year',
      choices: ZONE_CHOICES.map((value) => ({ value, name: ZONE_NAMES[value] })),
    },
    {
      field: 'hours' as const,
      name: 'Sessions',
      note: 'Which bars charts show, where there are sessions',
      choices: HOURS_CHOICES.map((value) => ({ value, name: HOURS_NAMES[value] })),
    },
    {
      field: 'chartStyle' as const,
      name: 'Charts',
      note: 'How bars are drawn; Heikin-Ashi is a view of them',
      choices: CHART_STYLES.map((value) => ({ value, name: CHART_STYLE_NAMES[value] })),
    },
  ];

  protected readonly coachRows = [
    {
      field: 'callOuts' as const,
      name: 'Speak up on signals',
      note: 'One of each symbol in five minutes, never over what is being said; muted rules make none',
    },
    {
      field: 'citationLight' as const,
      name: 'Light on cited bars',
      note: 'When the coach names a figure, its bar is lit on the chart',
    },
    {
      field: 'dictation' as const,
      name: 'Let the browser write down what you say',
      note: 'Most browsers send what you say to a service of their maker’s: it leaves this machine',
    },
  ];

  protected chooseTheme(theme: Theme): void {
    this.appearance.choose(theme);
  }

  protected choose(change: Partial<Settings>): void {
    this.store.change(change);
  }

  protected chooseOne(field: 'density' | 'zone' | 'hours' | 'chartStyle', value: string): void {
    this.store.change({ [field]: value });
  }

  protected setSwitch(field: 'citationLight' | 'dictation' | 'callOuts', event: Event): void {
    this.store.change({ [field]: (event.target as HTMLInputElement).checked });
  }

  protected async setNotifications(event: Event): Promise<void> {
    const box = event.target as HTMLInputElement;
    const { isOn, refusal } = await askForNotifications(box.checked);
    box.checked = isOn;
    this.store.change({ notifications: isOn });
    this.refusal.set(refusal);
  }

  protected showKeys(): void {
    this.commands.run('keys');
  }

  protected showTour(): void {
    this.store.change({ hasSeenTour: false });
    this.commands.run('view-desk');
  }
}
