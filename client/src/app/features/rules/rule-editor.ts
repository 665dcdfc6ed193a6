import { Component, computed, type ElementRef, inject, viewChild } from '@angular/core';
import { TIMEFRAMES, type Timeframe } from '@libs/bars';
import type { RuleDraft } from '@libs/contract';
import { Icon } from '../../ui/icon';
import { RuleDesk } from './rule-desk';
import { symbolsIn } from './rule-draft';

const SESSIONS = [
  { value: 'pre', name: 'Pre-market' },
  { value: 'regular', name: 'Regular' },
  { value: 'post', name: 'After hours' },
  { value: 'open24', name: 'Around the clock' },
] as const;
const SEVERITIES = [
  { value: 'info', name: 'Info' },
  { value: 'notice', name: 'Notice' },
  { value: 'urgent', name: 'Urgent' },
] as const;

/** The rule that is worked on, in fields; its condition is checked as it is typed, with the place of what is wrong. */
@Component({
  selector: 'st-rule-editor',
  imports: [Icon],
  templateUrl: './rule-editor.html',
  styleUrl: './rule-editor.css',
  host: { '(keydown.control.s)': 'saveByKey($event)', '(keydown.meta.s)': 'saveByKey($event)' },
})
export class RuleEditor {
  protected readonly desk = inject(RuleDesk);
  private readonly text = viewChild.required<ElementRef<HTMLTextAreaElement>>('text');
  private readonly under = viewChild.required<ElementRef<HTMLElement>>('under');

  protected readonly timeframes = TIMEFRAMES;
  protected readonly sessions = SESSIONS;
  protected readonly severities = SEVERITIES;
  protected readonly draft = computed(() => this.desk.draft() as RuleDraft);
  protected readonly fault = computed(() => {
    const check = this.desk.check();
    return check?.isGood === false ? check.fault : null;
  });
  protected readonly warmUp = computed(() => {
    const check = this.desk.check();
    return check?.isGood === true ? check.warmUpBars : null;
  });
  /** The condition in three parts, so that the faulty one can be underlined. */
  protected readonly parts = computed(() => {
    const { when } = this.draft();
    const fault = this.fault();
    if (fault === null) return { before: when, marked: '', after: '' };
    // A fault at the end of the text has no letter to stand under.
    const end = Math.max(fault.end, fault.start + 1);
    return {
      before: when.slice(0, fault.start),
      marked: when.slice(fault.start, end) || ' ',
      after: when.slice(end),
    };
  });
  protected readonly nextVersion = computed(() => (this.desk.rule()?.version ?? 0) + 1);
  protected readonly standing = computed(() => {
    const rule = this.desk.rule();
    if (rule === null) return 'Not on record yet';
    return this.desk.isChanged() ? `Draft of v${rule.version + 1}, not saved` : `v${rule.version}, on record`;
  });
  protected readonly canSave = computed(
    () => this.desk.isChanged() && this.desk.check()?.isGood === true && this.draft().name.trim() !== '',
  );

  protected set(field: 'name' | 'explain' | 'when', event: Event): void {
    this.desk.change({ [field]: (event.target as HTMLInputElement).value });
  }

  protected setSymbols(event: Event): void {
    this.desk.change({ symbols: symbolsIn((event.target as HTMLInputElement).value) });
  }

  protected setTimeframe(event: Event): void {
    this.desk.change({ timeframe: (event.target as HTMLSelectElement).value as Timeframe });
  }

  protected setSeverity(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const severity = SEVERITIES.find((one) => one.value === value)?.value;
    if (severity !== undefined) this.desk.change({ severity });
  }

  protected setCooldown(event: Event): void {
    const bars = Math.round(Number((event.target as HTMLInputElement).value));
    if (Number.isFinite(bars)) this.desk.change({ cooldownBars: Math.min(10_000, Math.max(0, bars)) });
  }

  protected setOnce(event: Event): void {
    this.desk.change({ oncePerSession: (event.target as HTMLInputElement).checked });
  }

  protected setSession(session: RuleDraft['sessions'][number], event: Event): void {
    const isOn = (event.target as HTMLInputElement).checked;
    const others = this.draft().sessions.filter((one) => one !== session);
    this.desk.change({ sessions: isOn ? [...others, session] : others });
  }

  /** Puts the caret where the fault is. */
  protected goToFault(): void {
    const fault = this.fault();
    const field = this.text().nativeElement;
    field.focus();
    if (fault !== null) field.setSelectionRange(fault.start, fault.end);
  }

  protected scrollAlong(): void {
    this.under().nativeElement.scrollTop = this.text().nativeElement.scrollTop;
  }

  protected saveByKey(event: Event): void {
    event.preventDefault();
    if (this.canSave()) void this.desk.save();
  }
}
