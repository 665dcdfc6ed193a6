import { Injectable, signal } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import type { OwnRule, RuleDraft } from '@libs/contract';
import { sendDelete, sendJson, wordsOfFailure } from './api-request';
import { readJson } from './json-answer';

/** A version of a rule as it was kept. */
export type RuleVersion = Omit<OwnRule, 'muted_until'>;

/** The rules on record. Every change is a version of its own; none is ever edited. */
@Injectable({ providedIn: 'root' })
export class RulesStore {
  private readonly list = signal<readonly OwnRule[] | null>(null);
  private readonly failure = signal<string | null>(null);

  /** `null` before they were read. */
  readonly rules = this.list.asReadonly();
  /** Why they could not be read. */
  readonly fault = this.failure.asReadonly();

  /** Never rejects; `fault` says what went wrong. */
  async read(): Promise<void> {
    try {
      this.list.set(await readJson<OwnRule[]>(await fetch('/api/rules')));
      this.failure.set(null);
    } catch (error) {
      this.failure.set(wordsOfFailure(error));
    }
  }

  /** Keeps a new rule, its first version. Rejects with the server's words. */
  async create(draft: RuleDraft): Promise<OwnRule> {
    return this.take(await sendJson<OwnRule>('POST', '/api/rules', draft));
  }

  /** Keeps the next version of a rule. Rejects with the server's words, also where another one came first. */
  async change({ id, version }: RuleVersion, draft: RuleDraft): Promise<OwnRule> {
    return this.take(await sendJson<OwnRule>('PUT', `/api/rules/${id}`, { ...draft, version }));
  }

  /** Deletes a rule; its versions and signals stay on record. */
  async remove({ id, version }: RuleVersion): Promise<void> {
    await sendDelete(`/api/rules/${id}?version=${version}`);
    this.list.update((rules) => rules?.filter((rule) => rule.id !== id) ?? null);
  }

  /** Until when its alerts come without a sound; `null` to be told again. */
  async mute({ id }: RuleVersion, until: EpochMs | null): Promise<OwnRule> {
    return this.take(await sendJson<OwnRule>('PUT', `/api/rules/${id}/mute`, { until }));
  }

  /** Every version, newest first. */
  async versions(id: string): Promise<readonly RuleVersion[]> {
    return readJson<RuleVersion[]>(await fetch(`/api/rules/${id}/versions`));
  }

  private take(rule: OwnRule): OwnRule {
    this.list.update((rules) => {
      const others = rules ?? [];
      const index = others.findIndex(({ id }) => id === rule.id);
      return index < 0 ? [...others, rule] : others.map((one, at) => (at === index ? rule : one));
    });
    return rule;
  }
}
