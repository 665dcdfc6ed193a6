import { Injectable } from '@nestjs/common';
import {
  clockOfMinute,
  answerOf,
  readIntent,
  readSymbol,
  UNKNOWN,
  type GroundedFigure,
  type Intent,
} from '@libs/coach';
import type { DeskAction } from '@libs/contract';
import { randomBytes } from 'node:crypto';
import { MarketPipeline } from '../market/index.js';
import { Dialog, type Proposal } from './dialog.js';
import { TextModel } from './llm/text-model.js';
import { DeskTime } from './tools/desk-time.js';
import { ToolBox } from './tools/tool-box.js';
import { ToolFault } from './tools/tool-fault.js';
import type { ToolCaller } from './tools/tool.js';

const HELP =
  'Ask for a price, bars, VWAP or another level, the session, your rules, signals and why they came, your notes. Say “tell me when” for an alert.';
const NOT_UNDERSTOOD =
  'I did not understand that. Ask for a price, a level, the session, your rules or signals.';
const NO_SYMBOL = 'Which symbol?';

/** One sentence to be spoken, with the source of each figure in it. */
export interface SpokenSentence {
  readonly text: string;
  readonly figures: readonly GroundedFigure[];
}

/** What the coach has to say and do. */
export interface Reply {
  readonly sentences: readonly SpokenSentence[];
  /** A question the trader must answer before anything is done. */
  readonly proposal?: Proposal;
  readonly deskAction?: DeskAction;
  /** How many sentences were held back. */
  readonly heldBack: number;
}

/** Answers out of tools alone: understands by grammar, speaks by templates, and says nothing it has no source for. */
@Injectable()
export class CoachService {
  constructor(
    private readonly box: ToolBox,
    private readonly time: DeskTime,
    private readonly market: MarketPipeline,
    private readonly model: TextModel,
  ) {}

  /** A new conversation. */
  begin(): Dialog {
    return new Dialog(() => this.market.symbols.map(({ symbol }) => symbol));
  }

  /** The symbol a text names first, `null` for none. */
  symbolIn(text: string): string | null {
    return readSymbol(text, this.market.symbols);
  }

  /** What comes of what a trader said. Never throws for what was said. */
  async reply(text: string, dialog: Dialog, caller: ToolCaller): Promise<Reply> {
    const intent = readIntent(text, this.market.symbols);
    switch (intent.kind) {
      case 'yes':
        return this.answerProposal(dialog, caller, true);
      case 'no':
        return this.answerProposal(dialog, caller, false);
      case 'stop':
        return this.say(dialog, []);
      case 'help':
        return this.say(dialog, [HELP]);
      case 'unknown':
        return this.say(dialog, [NOT_UNDERSTOOD]);
      default:
        return this.useTool(text, intent, dialog, caller);
    }
  }

  /** The trader's word on what was proposed: done at once, or dropped. */
  async answerProposal(dialog: Dialog, caller: ToolCaller, isAgreed: boolean, id?: string): Promise<Reply> {
    const proposal = dialog.takeProposal(this.time.nowMs(), id);
    if (proposal === null) return this.say(dialog, ['There is nothing to agree to.']);
    if (!isAgreed) return this.say(dialog, ['Left as it is.']);
    try {
      const result = await this.box.run(proposal.tool, proposal.input, caller);
      dialog.learn(result, this.time.nowMs());
      const reply = this.say(dialog, [result.done ?? 'Done.']);
      return result.deskAction ? { ...reply, deskAction: result.deskAction } : reply;
    } catch (thrown) {
      return this.sayFault(dialog, thrown);
    }
  }

  /** A signal in words, unasked; nothing where it is none of the trader's newest. */
  async callOut(signalId: string, dialog: Dialog, caller: ToolCaller): Promise<Reply> {
    try {
      const result = await this.box.run('get_signals', { limit: 10 }, caller);
      const { finding } = result;
      const signal =
        finding?.kind === 'signals' ? finding.signals.find(({ id }) => id === signalId) : undefined;
      if (signal === undefined) return this.say(dialog, []);
      const nowMs = this.time.nowMs();
      dialog.learn(result, nowMs);
      dialog.focus = signal.of.symbol;
      return this.say(
        dialog,
        answerOf({ kind: 'signals', symbol: signal.of.symbol, signals: [signal] }, nowMs),
      );
    } catch (thrown) {
      if (!(thrown instanceof ToolFault)) throw thrown;
      // Unasked, there is nobody to tell that it could not be looked at.
      return this.say(dialog, []);
    }
  }

  /** A proposal for a tool that acts, put to the trader by whichever coach. Throws {@link ToolFault}. */
  propose(tool: string, input: unknown, dialog: Dialog): Proposal {
    const question = this.box.propose(tool, input);
    const id = `confirm_${randomBytes(8).toString('hex')}`;
    const proposal = { id, tool, input, question, madeAtMs: this.time.nowMs() };
    dialog.ask(proposal);
    return proposal;
  }

  private async useTool(
    asked: string,
    intent: ToolIntent,
    dialog: Dialog,
    caller: ToolCaller,
  ): Promise<Reply> {
    const symbol = 'symbol' in intent ? (intent.symbol ?? dialog.focus ?? this.onlySymbol()) : null;
    if (symbol === null && NEEDS_SYMBOL.has(intent.kind)) return this.say(dialog, [NO_SYMBOL]);
    if ('symbol' in intent && symbol !== null) dialog.focus = symbol;
    const call = callOf(intent, symbol);
    if (call === null) return this.say(dialog, ['Name the rule, in quotation marks.']);
    try {
      if (this.box.isActing(call.tool) === true) {
        const proposal = this.propose(call.tool, call.input, dialog);
        return { ...this.say(dialog, [proposal.question]), proposal };
      }
      const result = await this.box.run(call.tool, call.input, caller);
      const nowMs = this.time.nowMs();
      dialog.learn(result, nowMs);
      if (result.finding === null) return this.say(dialog, [UNKNOWN]);
      const found = answerOf(result.finding, nowMs);
      return (await this.inOtherWords(asked, found, dialog)) ?? this.say(dialog, found);
    } catch (thrown) {
      return this.sayFault(dialog, thrown);
    }
  }

  /** The answer as a text model writes it, without what has no source; `null` where there is none, or nothing is left of it. */
  private async inOtherWords(asked: string, found: readonly string[], dialog: Dialog): Promise<Reply | null> {
    if (!this.model.isThere) return null;
    const written = await this.model.write(asked, found);
    const nowMs = this.time.nowMs();
    const grounded = (texts: readonly string[]): SpokenSentence[] =>
      texts.flatMap((text) => {
        const grounding = dialog.ground(text, nowMs);
        return grounding.isGrounded ? [{ text, figures: grounding.figures }] : [];
      });
    const hasFigures = (spoken: readonly SpokenSentence[]): boolean =>
      spoken.some(({ figures }) => figures.length > 0);
    const sentences = grounded(written);
    // Words around a figure that is missing say nothing: of an answer with figures one has to be left.
    const isEmpty = sentences.length === 0 || (hasFigures(grounded(found)) && !hasFigures(sentences));
    if (isEmpty) return null;
    return { sentences, heldBack: written.length - sentences.length };
  }

  private sayFault(dialog: Dialog, thrown: unknown): Reply {
    if (!(thrown instanceof ToolFault)) throw thrown;
    if (thrown.code === 'not_found') return this.say(dialog, [thrown.message]);
    const isTooFast = thrown.code === 'too_many';
    return this.say(dialog, [
      isTooFast ? 'That was too fast. Ask again.' : 'I cannot look at that right now.',
    ]);
  }

  /** The same door for our own templates as for any model: no figure without a source. */
  private say(dialog: Dialog, texts: readonly string[]): Reply {
    const nowMs = this.time.nowMs();
    let heldBack = 0;
    const sentences = texts.map((text): SpokenSentence => {
      const grounding = dialog.ground(text, nowMs);
      if (grounding.isGrounded) return { text, figures: grounding.figures };
      heldBack++;
      return { text: UNKNOWN, figures: [] };
    });
    return { sentences: sentences.filter(({ text }, at) => at === 0 || text !== UNKNOWN), heldBack };
  }

  private onlySymbol(): string | null {
    const { symbols } = this.market;
    return symbols.length === 1 ? (symbols[0]?.symbol ?? null) : null;
  }
}

type ToolIntent = Exclude<Intent, { kind: 'yes' | 'no' | 'stop' | 'help' | 'unknown' }>;

const NEEDS_SYMBOL: ReadonlySet<Intent['kind']> = new Set([
  'quote',
  'bars',
  'values',
  'why',
  'createAlert',
  'startReplay',
]);

/** The tool an intent means and what it is given; `null` where something is missing. */
function callOf(intent: ToolIntent, symbol: string | null): { tool: string; input: object } | null {
  const given = (input: Record<string, unknown>): object =>
    Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  switch (intent.kind) {
    case 'quote':
      return { tool: 'get_quote', input: { symbol } };
    case 'bars':
      return { tool: 'get_bars', input: given({ symbol, timeframe: intent.timeframe, count: intent.count }) };
    case 'values':
      return { tool: 'get_values', input: given({ symbol, timeframe: intent.timeframe, of: intent.of }) };
    case 'session':
      return { tool: 'get_session', input: given({ symbol }) };
    case 'rules':
      return { tool: 'list_rules', input: {} };
    case 'signals':
      return { tool: 'get_signals', input: given({ symbol: intent.symbol }) };
    case 'why': {
      const at = intent.atMinute === null ? null : clockOfMinute(intent.atMinute);
      return { tool: 'explain_rule', input: given({ symbol, rule: intent.rule, at }) };
    }
    case 'backtest':
      return intent.rule === null ? null : { tool: 'backtest_rule', input: { rule: intent.rule } };
    case 'notes':
      return { tool: 'search_notes', input: { words: intent.words } };
    case 'addNote':
      return { tool: 'add_note', input: given({ text: intent.text, symbol }) };
    case 'createAlert':
      return { tool: 'create_alert', input: { symbol, side: intent.side, level: intent.level } };
    case 'startReplay': {
      const at = intent.atMinute === null ? null : clockOfMinute(intent.atMinute);
      return { tool: 'start_replay', input: given({ symbol, day: intent.day, at, speed: intent.speed }) };
    }
    case 'switchChart':
      return { tool: 'switch_chart', input: given({ symbol: intent.symbol, timeframe: intent.timeframe }) };
  }
}
