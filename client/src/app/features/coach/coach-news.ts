import { computed, signal } from '@angular/core';
import type { DeskAction } from '@libs/contract';
import type { VoiceEvent } from './voice-line';

/** Something the coach asks before it is done. */
export interface Proposal {
  readonly id: string;
  readonly question: string;
}

/** What today has cost, as the server meters it. */
export interface CostToday {
  readonly usd: number;
  readonly capUsd: number;
}

const LOCAL_MODEL = 'spotlight-local';

/** What the coach adds to the protocol: who answers, what it asks, what it costs, and whether its provider is there. */
export class CoachNews {
  private readonly cap = signal(false);
  private readonly triesMade = signal<number | null>(null);
  private readonly model = signal<string | null>(null);
  private readonly open = signal<Proposal | null>(null);
  private readonly spent = signal<CostToday | null>(null);

  readonly isCapped = this.cap.asReadonly();
  /** The desk's own try to reach the provider, `null` while it is there. */
  readonly providerTry = this.triesMade.asReadonly();
  readonly proposal = this.open.asReadonly();
  readonly cost = this.spent.asReadonly();
  /** Whether the coach inside answers, which costs nothing; `null` before one has answered. */
  readonly isLocal = computed(() => (this.model() === null ? null : this.model() === LOCAL_MODEL));

  /** `act`: something the trader agreed to is to be done by the page. */
  constructor(private readonly act: (action: DeskAction) => void) {}

  /** Who answers from now on. */
  meet(session: { readonly model?: unknown }): void {
    this.model.set(typeof session.model === 'string' ? session.model : '');
  }

  take(event: VoiceEvent): void {
    switch (event.type) {
      case 'spotlight.proposal':
        this.open.set({ id: String(event['id']), question: String(event['question']) });
        return;
      case 'spotlight.desk_action':
        this.act(event['action'] as DeskAction);
        return;
      case 'spotlight.usage':
        this.spent.set({ usd: Number(event['usd_today']), capUsd: Number(event['cap_usd']) });
        return;
      case 'spotlight.state':
        this.cap.set(event['state'] === 'capped');
        this.triesMade.set(event['state'] === 'reconnecting' ? Number(event['attempt']) : null);
        if (event['state'] === 'capped') this.model.set(LOCAL_MODEL);
    }
  }

  /** The provider has answered: it is there. */
  answered(): void {
    this.triesMade.set(null);
  }

  /** The open question, and forgets it. */
  takeProposal(): Proposal | null {
    const proposal = this.open();
    this.open.set(null);
    return proposal;
  }

  /** The line is gone: none of it holds any more. */
  lineLost(): void {
    this.open.set(null);
    this.cap.set(false);
    this.triesMade.set(null);
  }
}
