import { Component, computed, inject } from '@angular/core';
import { SettingsStore } from '../../../data-access/settings-store';
import { Icon } from '../../../ui/icon';
import { PopButton } from '../../../ui/pop-button';
import { INDICATOR_KINDS, kindOf, titleOf } from './indicator-kinds';

/** Indicators on one chart; each is a line or more, and colours are few. */
const MOST_INDICATORS = 8;

/** Which indicators the chart shows, and with which numbers. */
@Component({
  selector: 'st-indicator-menu',
  imports: [Icon, PopButton],
  templateUrl: './indicator-menu.html',
  styleUrl: './indicator-menu.css',
})
export class IndicatorMenu {
  private readonly settings = inject(SettingsStore);
  protected readonly kinds = INDICATOR_KINDS;
  protected readonly chosen = computed(() =>
    this.settings.all().indicators.flatMap((indicator, place) => {
      const kind = kindOf(indicator);
      if (kind === undefined) return [];
      const fields = kind.parameters.map((parameter, index) => ({
        ...parameter,
        value: indicator.values[index] ?? parameter.value,
      }));
      return [{ place, name: kind.name, title: titleOf(indicator, kind), fields }];
    }),
  );
  protected readonly isFull = computed(() => this.chosen().length >= MOST_INDICATORS);

  protected add(key: string): void {
    const kind = INDICATOR_KINDS.find((one) => one.key === key);
    if (kind === undefined || this.isFull()) return;
    const added = { kind: key, values: kind.parameters.map(({ value }) => value) };
    this.settings.change({ indicators: [...this.settings.all().indicators, added] });
  }

  protected remove(place: number): void {
    this.settings.change({
      indicators: this.settings.all().indicators.filter((_, index) => index !== place),
    });
  }

  /** Takes a number that can be one; any other leaves things as they are. */
  protected set(place: number, field: number, max: number, event: Event): void {
    const box = event.target as HTMLInputElement;
    const value = Math.round(Number(box.value));
    const { indicators } = this.settings.all();
    const isGood = Number.isFinite(value) && value >= 1 && value <= max;
    if (!isGood) {
      box.value = String(indicators[place]?.values[field] ?? '');
      return;
    }
    this.settings.change({
      indicators: indicators.map((indicator, index) =>
        index === place
          ? { ...indicator, values: indicator.values.map((one, at) => (at === field ? value : one)) }
          : indicator,
      ),
    });
  }
}
