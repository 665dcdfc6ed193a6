import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ConditionFault, OwnRule, RuleDraft } from '@libs/contract';
import {
  compileRule,
  explainBar,
  placeInText,
  RuleTextError,
  verifySignal,
  type BarExplanation,
  type CompiledRule,
  type Signal,
  type Verification,
} from '@libs/rules';
import type { Bar, EpochMs, Seq, Timeframe } from '@libs/bars';
import { randomBytes } from 'node:crypto';
import { messageOf } from '../common/errors.js';
import { ProblemException, badField } from '../common/problem.exception.js';
import { BarLog, MarketPipeline, SymbolDesk } from '../market/index.js';
import { BarReader } from './bar-reader.js';
import { RuleEvaluator } from './rule-evaluator.js';
import { LARGEST_RULE_SET, type RuleChange } from './rule-requests.js';
import { RuleStore, toOwnRule, type NextVersion, type RuleVersion, type StoredRule } from './rule-store.js';
import { SignalStore, type SignalKey, type SignalQuery } from './signal-store.js';

/** What checking a condition came to. */
export type Checked =
  | { readonly valid: true; readonly canonical: string; readonly lookback: Record<string, number> }
  | { readonly valid: false; readonly fault: ConditionFault };

/**
 * Rules and their signals, as the API offers them: to each user their own. The symbols of an enabled rule are followed
 * whether or not anybody looks.
 */
@Injectable()
export class RulesService implements OnApplicationBootstrap {
  private readonly logger = new Logger('rules');

  constructor(
    private readonly rules: RuleStore,
    private readonly signals: SignalStore,
    private readonly evaluator: RuleEvaluator,
    private readonly reader: BarReader,
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
    private readonly symbols: SymbolDesk,
  ) {}

  /** A crash between a change of a rule and what follows from it is made good. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      for (const { rule } of await this.rules.current()) await this.keepSymbols(rule);
    } catch (thrown) {
      this.logger.warn(`symbols of rules are not followed yet: ${messageOf(thrown)}`);
    }
  }

  async list(ownerId: number): Promise<OwnRule[]> {
    return (await this.rules.current(ownerId)).map(toOwnRule);
  }

  async get(ownerId: number, id: string): Promise<OwnRule> {
    return toOwnRule(await this.newest(ownerId, id));
  }

  /** Every version of a rule, newest first, deleted rules included. */
  async versions(ownerId: number, id: string): Promise<RuleVersion[]> {
    const versions = await this.rules.versions(ownerId, id);
    if (versions.length === 0) throw noRule(id);
    return versions.map(({ rule }) => rule).reverse();
  }

  async create(ownerId: number, draft: RuleDraft): Promise<OwnRule> {
    demandSense(this.validate(draft.when, draft.timeframe));
    if ((await this.rules.count()) >= LARGEST_RULE_SET)
      throw new ProblemException({
        status: 409,
        detail: `There are ${LARGEST_RULE_SET} rules; delete one first.`,
      });
    await this.requireSymbols(draft);
    const id = `r-${randomBytes(6).toString('hex')}`;
    return { ...(await this.append({ ownerId, id, version: 1, draft })), muted_until: null };
  }

  /** Appends the next version. Throws 409 where `change.version` is not the newest one. */
  async change(ownerId: number, id: string, { version, ...draft }: RuleChange): Promise<OwnRule> {
    const newest = await this.newest(ownerId, id);
    demandSense(this.validate(draft.when, draft.timeframe));
    demandNewest(newest, version);
    await this.requireSymbols(draft, newest.rule.symbols);
    const rule = await this.append({ ownerId, id, version: version + 1, draft });
    return toOwnRule({ ...newest, rule });
  }

  /** Sets until when alerts of a rule come without sound, notification and delivery; `null` for at once no more. */
  async mute(ownerId: number, id: string, untilMs: EpochMs | null): Promise<OwnRule> {
    const newest = await this.newest(ownerId, id);
    await this.rules.mute(id, untilMs);
    return toOwnRule({ ...newest, mutedUntilMs: untilMs });
  }

  /** Deletes by a last version that says so; earlier ones stay, because signals name them. */
  async remove(ownerId: number, id: string, version: number): Promise<void> {
    const newest = await this.newest(ownerId, id);
    demandNewest(newest, version);
    await this.append({ ownerId, id, version: version + 1, draft: newest.rule }, true);
  }

  /** Checks a condition as saving it would. */
  validate(when: string, timeframe: Timeframe): Checked {
    try {
      const { expression, lookback } = compileRule(ruleOf({ when, timeframe }));
      const bars = Object.fromEntries([...lookback].map(([one, reach]) => [one, reach.bars]));
      return { valid: true, canonical: expression.text, lookback: bars };
    } catch (thrown) {
      return { valid: false, fault: faultOf(thrown, when) };
    }
  }

  /** Why a rule did or did not signal at a bar. */
  async explain(ownerId: number, id: string, symbol: string, seq: Seq): Promise<BarExplanation> {
    const { rule, activeAfterMs } = await this.newest(ownerId, id);
    const compiled = compileRule(rule);
    const calendar = this.calendarOf(symbol);
    // The stretch since the last signal that could still hold this one back.
    const fromSeq = Math.max(0, seq - Math.max(1, rule.cooldownBars));
    const bars = await this.reader.around(symbol, compiled.lookback, rule.timeframe, fromSeq, seq);
    const explained = explainBar({ compiled, symbol, seq, bars, calendar, activeAfterMs });
    if (explained === undefined)
      throw new ProblemException({
        status: 404,
        detail: `There is no ${rule.timeframe} bar ${seq} of ${symbol}.`,
      });
    return explained;
  }

  find(query: SignalQuery): Promise<Signal[]> {
    return this.signals.find(this.log.epoch.id, query);
  }

  async signal(ownerId: number, id: string): Promise<Signal> {
    const key = keyOf(id);
    const signal = key && (await this.signals.get(this.log.epoch.id, { ...key, ownerId }));
    if (signal === undefined) throw new ProblemException({ status: 404, detail: 'There is no such signal.' });
    return signal;
  }

  /** Recomputes a signal from the bars as they are on record now. */
  async verify(ownerId: number, id: string): Promise<Verification> {
    const signal = await this.signal(ownerId, id);
    const stored = await this.rules.version(signal.rule.id, signal.rule.version);
    if (stored === undefined)
      throw new ProblemException({
        status: 404,
        detail: 'The version of the rule that gave it is not on record.',
      });
    const bars: Bar[] = [];
    for (const { symbol, timeframe, from_seq, to_seq } of signal.bars) {
      bars.push(...(await this.reader.between(symbol, timeframe, from_seq, to_seq)));
    }
    return verifySignal(signal, compileRule(stored.rule), bars, this.calendarOf(signal.symbol));
  }

  /** The rule a request means: one on record, or a draft. Throws 400 where its condition is faulty. */
  async compiled(ownerId: number, rule: string | RuleDraft): Promise<CompiledRule> {
    if (typeof rule === 'string') return compileRule((await this.newest(ownerId, rule)).rule);
    demandSense(this.validate(rule.when, rule.timeframe));
    await this.symbols.require(named(rule.symbols), 'symbols');
    return compileRule({ ...rule, id: 'draft', version: 1 });
  }

  private async newest(ownerId: number, id: string): Promise<StoredRule> {
    const newest = (await this.rules.versions(ownerId, id)).at(-1);
    if (newest === undefined || newest.isDeleted) throw noRule(id);
    return newest;
  }

  private async append(next: NextVersion, isDeleted = false): Promise<RuleVersion> {
    const rule = await this.rules.append(next, this.evaluator.newestCloseMs(), isDeleted);
    if (rule === null) throw conflict(next.version - 1);
    this.evaluator.rulesChanged();
    await this.keepSymbols(isDeleted ? { ...rule, enabled: false } : rule);
    return rule;
  }

  /** What stands on a rule already may be another feed's, and stays. */
  private async requireSymbols({ symbols }: RuleDraft, known: readonly string[] = []): Promise<void> {
    const added = named(symbols).filter((symbol) => !known.includes(symbol));
    await this.symbols.requireForGood(added, 'symbols');
  }

  private keepSymbols({ id, symbols, enabled }: RuleVersion): Promise<void> {
    return this.symbols.keep('rule', id, enabled ? named(symbols) : []);
  }

  private calendarOf(symbol: string): 'XNYS' | '24x7' {
    const info = this.market.symbols.find((one) => one.symbol === symbol);
    if (info === undefined)
      throw badField('symbol', `${symbol} is not carried here; GET /api/symbols lists what is`);
    return info.calendar;
  }
}

/** The symbols a rule names; those that `*` stands for are followed without it. */
function named(symbols: readonly string[]): string[] {
  return symbols.filter((symbol) => symbol !== '*');
}

/** Throws 400 with the place of the fault in the condition. */
function demandSense(checked: Checked): void {
  if (checked.valid) return;
  const { message, line, column } = checked.fault;
  throw badField('when', `line ${line}, column ${column}: ${message}`);
}

function noRule(id: string): ProblemException {
  return new ProblemException({ status: 404, detail: `There is no rule ${id}.` });
}

function conflict(version: number): ProblemException {
  return new ProblemException({
    status: 409,
    detail: `Version ${version} is not the newest any more; read the rule again and repeat the change.`,
  });
}

function demandNewest({ rule }: StoredRule, version: number): void {
  if (rule.version !== version) throw conflict(version);
}

function faultOf(thrown: unknown, text: string): ConditionFault {
  if (!(thrown instanceof RuleTextError)) throw thrown;
  const { start, end } = thrown.range;
  const { line, column } = placeInText(text, start);
  return { message: thrown.message, start, end, line, column };
}

/** A rule that is nothing but its condition. */
function ruleOf({ when, timeframe }: Pick<RuleDraft, 'when' | 'timeframe'>): RuleVersion {
  return {
    id: 'draft',
    version: 1,
    name: 'draft',
    symbols: ['*'],
    timeframe,
    when,
    on: 'barClose',
    cooldownBars: 0,
    oncePerSession: false,
    sessions: [],
    expiresMs: null,
    severity: 'info',
    explain: '',
    enabled: true,
  };
}

/** Reads `<rule>:<symbol>:<timeframe>:<seq>`; `undefined` for anything else. */
function keyOf(id: string): Omit<SignalKey, 'ownerId'> | undefined {
  const match = /^([a-z0-9-]{1,40}):([A-Z][A-Z0-9.-]{0,14}):(\d{1,2}[mhd]):(\d{1,9})$/.exec(id);
  if (match === null) return undefined;
  const [, ruleId = '', symbol = '', timeframe = '', seq = ''] = match;
  return { ruleId, symbol, timeframe: timeframe as Timeframe, seq: Number(seq) };
}
