import { Component, computed, inject, signal } from '@angular/core';
import { DeskZone } from '../../data-access/desk-zone';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { askForNotifications } from '../../data-access/notification-permission';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore } from '../../data-access/signal-store';
import { ViewStore } from '../../data-access/view-store';
import { SignalList } from '../../ui/signal-list/signal-list';
import { SignalReceipt } from '../../ui/signal-receipt/signal-receipt';

const ALL = '';

/** Everything the rules have found, with receipts, and how one is told of what they find next. */
@Component({
  selector: 'st-signals-view',
  imports: [SignalList, SignalReceipt],
  templateUrl: './signals-view.html',
  styleUrl: './signals-view.css',
})
export class SignalsView {
  private readonly clock = inject(DeskClock);
  private readonly status = inject(DeskStatus);
  private readonly store = inject(MarketStore);
  private readonly views = inject(ViewStore);
  private readonly settings = inject(SettingsStore);
  protected readonly signals = inject(SignalStore);

  protected readonly symbol = signal(ALL);
  protected readonly rule = signal(ALL);
  protected readonly refusal = signal<string | null>(null);
  protected readonly choices = this.settings.all;
  protected readonly zone = inject(DeskZone).zone;
  protected readonly nowMs = computed(() =>
    this.status.unreal() === 'replay' ? (this.status.lastTickMs() ?? this.clock.nowMs()) : this.clock.nowMs(),
  );
  protected readonly decimals = computed(() => {
    const symbol = this.signals.opened()?.symbol;
    return this.store.symbols().find((one) => one.symbol === symbol)?.price_decimals ?? 2;
  });
  protected readonly symbols = computed(() =>
    [...new Set(this.signals.all().map((one) => one.symbol))].sort(),
  );
  protected readonly rules = computed(() => [
    ...new Map(this.signals.all().map(({ rule }) => [rule.id, rule.name])),
  ]);
  protected readonly found = computed(() =>
    this.signals
      .all()
      .filter(
        (one) =>
          (this.symbol() === ALL || one.symbol === this.symbol()) &&
          (this.rule() === ALL || one.rule.id === this.rule()),
      ),
  );

  protected chooseSymbol(event: Event): void {
    this.symbol.set((event.target as HTMLSelectElement).value);
  }

  protected chooseRule(event: Event): void {
    this.rule.set((event.target as HTMLSelectElement).value);
  }

  protected setSound(event: Event): void {
    this.settings.change({ sound: (event.target as HTMLInputElement).checked });
  }

  protected async setNotifications(event: Event): Promise<void> {
    const box = event.target as HTMLInputElement;
    const { isOn, refusal } = await askForNotifications(box.checked);
    box.checked = isOn;
    this.settings.change({ notifications: isOn });
    this.refusal.set(refusal);
  }

  protected showOnChart(): void {
    const opened = this.signals.opened();
    if (opened === null) return;
    const { symbol, timeframe } = opened;
    this.store.show({ symbol, timeframe });
    this.views.open('desk');
  }
}
