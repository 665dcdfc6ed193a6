import type { EpochMs } from '@libs/bars';
import { factsOf, groundSentence, type Fact, type Grounding, type Quotation } from '@libs/coach';
import type { ToolResult } from './tools/tool.js';

/** Facts, names and quotations of one conversation that are remembered; the oldest make room. */
const MOST_FACTS = 3_000;
const MOST_TEXTS = 300;
/** Proposals are forgotten after this: a "yes" long after belongs to something else. */
const PROPOSAL_GOOD_FOR_MS = 60_000;

/** Something the trader was asked to agree to. */
export interface Proposal {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
  readonly question: string;
  readonly madeAtMs: EpochMs;
}

/** What one conversation knows: the facts tools have found in it, what it speaks of, and what it has asked. */
export class Dialog {
  /** Symbol spoken of last. */
  focus: string | null = null;
  private facts: Fact[] = [];
  private names: string[] = [];
  private quotations: Quotation[] = [];
  private proposal: Proposal | null = null;

  /** `symbols`: those the desk carries now; more may come while the conversation goes on. */
  constructor(private readonly symbols: () => readonly string[]) {}

  /** Takes what a tool found. */
  learn({ finding, names = [], quotations = [] }: ToolResult, nowMs: EpochMs): void {
    if (finding !== null) this.facts = newest([...this.facts, ...factsOf(finding, nowMs)], MOST_FACTS);
    this.names = newest([...this.names, ...names], MOST_TEXTS);
    this.quotations = newest([...this.quotations, ...quotations], MOST_TEXTS);
  }

  /** Holds a sentence against everything this conversation has found. */
  ground(sentence: string, nowMs: EpochMs): Grounding {
    const { facts, names, quotations, focus } = this;
    return groundSentence(sentence, { facts, names, quotations, symbols: this.symbols(), focus, nowMs });
  }

  /** Remembers what was asked; one question at a time. */
  ask(proposal: Proposal): void {
    this.proposal = proposal;
    this.quotations = newest(
      [...this.quotations, { text: proposal.question, source: { kind: 'list', of: 'rules' } }],
      MOST_TEXTS,
    );
  }

  /** Whether a question is open; `id`: this one. */
  hasProposal(id?: string): boolean {
    return this.proposal !== null && (id === undefined || this.proposal.id === id);
  }

  /** Id of the open question, `null` for none. */
  get openId(): string | null {
    return this.proposal?.id ?? null;
  }

  /** Forgets the open question. */
  withdraw(): void {
    this.proposal = null;
  }

  /** The open question, and forgets it: it can be answered once. `id`: only this one. */
  takeProposal(nowMs: EpochMs, id?: string): Proposal | null {
    const { proposal } = this;
    if (proposal === null || (id !== undefined && proposal.id !== id)) return null;
    this.proposal = null;
    return nowMs - proposal.madeAtMs > PROPOSAL_GOOD_FOR_MS ? null : proposal;
  }
}

function newest<T>(all: T[], count: number): T[] {
  return all.length > count ? all.slice(-count) : all;
}
