import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { OwnRule, RuleDraft } from '@libs/contract';
import type { Setup } from '@libs/rules';
import { wordsOfFailure } from '../../data-access/api-request';
import { RulesStore, type RuleVersion } from '../../data-access/rules-store';
import { checkDraft, draftFromSetup, draftOf, NEW_DRAFT } from './rule-draft';

/** What the view says of the last thing that was done. */
export interface Notice {
  readonly kind: 'done' | 'failed';
  readonly words: string;
  /** Takes it back, where that can be done. */
  readonly undo?: () => void;
}

/** What is being worked on in the rules view: a rule on record or a new one, and the draft of its next version. */
@Injectable()
export class RuleDesk {
  private readonly store = inject(RulesStore);
  private readonly onRecord = signal<RuleVersion | null>(null);
  private readonly work = signal<RuleDraft | null>(null);
  private readonly told = signal<Notice | null>(null);
  private readonly earlier = signal<readonly RuleVersion[]>([]);
  readonly isSaving = signal(false);

  /** The rule on record that is open; `null` for a new one. */
  readonly rule = this.onRecord.asReadonly();
  /** `null` while nothing is open. */
  readonly draft = this.work.asReadonly();
  readonly notice = this.told.asReadonly();
  /** Versions of the open rule, newest first. */
  readonly versions = this.earlier.asReadonly();
  readonly check = computed(() => {
    const draft = this.work();
    return draft === null ? null : checkDraft(draft);
  });
  readonly isChanged = computed(() => {
    const [rule, draft] = [this.onRecord(), this.work()];
    return draft !== null && (rule === null || JSON.stringify(draftOf(rule)) !== JSON.stringify(draft));
  });

  constructor() {
    // The first look is at a rule, where there is one.
    const first = effect(() => {
      const rules = this.store.rules();
      if (rules === null) return;
      first.destroy();
      const [rule] = rules;
      if (rule !== undefined) untracked(() => this.open(rule));
    });
  }

  open(rule: RuleVersion): void {
    this.onRecord.set(rule);
    this.work.set(draftOf(rule));
    this.told.set(null);
    void this.readVersions(rule.id);
  }

  begin(setup: Setup | null): void {
    this.onRecord.set(null);
    this.work.set(setup === null ? NEW_DRAFT : draftFromSetup(setup));
    this.told.set(null);
    this.earlier.set([]);
  }

  change(change: Partial<RuleDraft>): void {
    this.work.update((draft) => (draft === null ? null : { ...draft, ...change }));
  }

  /** Takes the draft back to what is on record. */
  discard(): void {
    const rule = this.onRecord();
    if (rule === null) this.work.set(null);
    else this.open(rule);
  }

  async save(): Promise<void> {
    const [rule, draft] = [this.onRecord(), this.work()];
    if (draft === null || this.isSaving()) return;
    this.isSaving.set(true);
    try {
      const saved = rule === null ? await this.store.create(draft) : await this.store.change(rule, draft);
      this.open(saved);
      this.told.set({
        kind: 'done',
        words: `Saved as v${saved.version}. Bars that close from now on are judged by it.`,
      });
    } catch (error) {
      this.told.set({
        kind: 'failed',
        words: `The rule was not saved. ${wordsOfFailure(error)} Your text is kept here.`,
      });
    } finally {
      this.isSaving.set(false);
    }
  }

  /** Switches a rule on or off, as a version of its own. */
  async enable(rule: OwnRule, enabled: boolean): Promise<void> {
    await this.attempt('The rule was not switched.', async () => {
      const saved = await this.store.change(rule, { ...draftOf(rule), enabled });
      if (this.onRecord()?.id === rule.id) this.open(saved);
    });
  }

  async mute(rule: OwnRule, untilMs: number | null): Promise<void> {
    await this.attempt('The rule was not muted.', async () => {
      await this.store.mute(rule, untilMs);
    });
  }

  /** Deletes the open rule; what is told afterwards can take it back, as a new rule. */
  async remove(): Promise<void> {
    const rule = this.onRecord();
    if (rule === null) return;
    await this.attempt('The rule was not deleted.', async () => {
      await this.store.remove(rule);
      this.onRecord.set(null);
      this.work.set(null);
      this.earlier.set([]);
      const undo = (): void => {
        void this.attempt('The rule could not be brought back.', async () => {
          this.open(await this.store.create(draftOf(rule)));
        });
      };
      this.told.set({ kind: 'done', words: `${rule.name} is deleted. Its signals stay on record.`, undo });
    });
  }

  private async attempt(lead: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.told.set({ kind: 'failed', words: `${lead} ${wordsOfFailure(error)}` });
    }
  }

  private async readVersions(id: string): Promise<void> {
    try {
      const versions = await this.store.versions(id);
      if (this.onRecord()?.id === id) this.earlier.set(versions);
    } catch (error) {
      if (this.onRecord()?.id === id)
        this.told.set({ kind: 'failed', words: `The versions could not be read. ${wordsOfFailure(error)}` });
    }
  }
}
