import { Component, computed, inject, signal } from '@angular/core';
import type { OwnRule } from '@libs/contract';
import type { Setup } from '@libs/rules';
import { wordsOfFailure } from '../../data-access/api-request';
import { DeskClock } from '../../data-access/desk-clock';
import { readJson } from '../../data-access/json-answer';
import { RulesStore } from '../../data-access/rules-store';
import { Icon } from '../../ui/icon';
import { BacktestPanel } from './backtest-panel';
import { RuleDesk } from './rule-desk';
import { RuleEditor } from './rule-editor';
import { RulePreview } from './rule-preview';
import { VersionList } from './version-list';

const HOUR_MS = 3_600_000;

/** Rules: a list with the ready setups, the one that is worked on with its preview, and beside it what it would have done. */
@Component({
  selector: 'st-rules-view',
  imports: [BacktestPanel, Icon, RuleEditor, RulePreview, VersionList],
  templateUrl: './rules-view.html',
  styleUrl: './rules-view.css',
  providers: [RuleDesk],
})
export class RulesView {
  private readonly clock = inject(DeskClock);
  protected readonly store = inject(RulesStore);
  protected readonly desk = inject(RuleDesk);
  protected readonly setups = signal<readonly Setup[]>([]);
  protected readonly setupFault = signal<string | null>(null);

  protected readonly rows = computed(() =>
    (this.store.rules() ?? []).map((rule) => ({
      rule,
      detail: `${rule.symbols.includes('*') ? 'all symbols' : rule.symbols.join(' ')}, ${rule.timeframe}, v${rule.version}`,
      isOpen: this.desk.rule()?.id === rule.id,
      isMuted: (rule.muted_until ?? 0) > this.clock.nowMs(),
    })),
  );
  protected readonly isEmpty = computed(() => this.store.rules()?.length === 0);

  constructor() {
    void this.store.read();
    void this.readSetups();
  }

  protected switch(rule: OwnRule, event: Event): void {
    void this.desk.enable(rule, (event.target as HTMLInputElement).checked);
  }

  protected mute(rule: OwnRule, isMuted: boolean): void {
    void this.desk.mute(rule, isMuted ? null : this.clock.nowMs() + HOUR_MS);
  }

  private async readSetups(): Promise<void> {
    try {
      this.setups.set(await readJson<Setup[]>(await fetch('/api/rules/setups')));
    } catch (error) {
      this.setupFault.set(wordsOfFailure(error));
    }
  }
}
