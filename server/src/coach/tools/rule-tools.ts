import { Injectable } from '@nestjs/common';
import type { Bar } from '@libs/bars';
import { spokenName, type Quotation, type SpokenRule, type SpokenSignal } from '@libs/coach';
import { ruleDraftSchema, type RuleDraft } from '@libs/contract';
import type { Signal } from '@libs/rules';
import type * as z from 'zod';
import { BacktestService, RulesService, type RuleVersion } from '../../rules/index.js';
import { MarketTools } from './market-tools.js';
import { namingOf } from './named-values.js';
import { ToolFault } from './tool-fault.js';
import { TOOL_INPUTS } from './tool-inputs.js';
import { defineTool, type Tool, type ToolResult } from './tool.js';

/** How far back a time of day is looked for. */
const LOOK_BACK_BARS = 1_500;

/** Rules, signals and what rules would have done. */
@Injectable()
export class RuleTools {
  constructor(
    private readonly rules: RulesService,
    private readonly backtests: BacktestService,
    private readonly market: MarketTools,
  ) {}

  get tools(): readonly Tool[] {
    return [
      defineTool({
        name: 'list_rules',
        summary: "The trader's own alert rules",
        input: TOOL_INPUTS.rules,
        isActing: false,
        run: async (_input, { userId }) => {
          const rules = (await this.rules.list(userId)).map(spokenRule);
          return { finding: { kind: 'rules', rules }, names: rules.map(({ name }) => name) };
        },
      }),
      defineTool({
        name: 'get_signals',
        summary: 'What the rules signalled, newest first, each with its reason',
        input: TOOL_INPUTS.signals,
        isActing: false,
        run: async ({ symbol, limit }, { userId: ownerId }) => {
          if (symbol !== undefined) this.market.figuresOf(symbol);
          const signals = await Promise.all(
            (await this.rules.find({ ownerId, symbol, limit })).map((signal) =>
              this.spokenSignal(ownerId, signal),
            ),
          );
          return {
            finding: { kind: 'signals', symbol: symbol ?? null, signals },
            quotations: signals.map(quotationOf),
            names: signals.map(({ ruleName }) => ruleName),
          };
        },
      }),
      defineTool({
        name: 'explain_rule',
        summary: 'Why a rule did or did not signal at a bar',
        input: TOOL_INPUTS.why,
        isActing: false,
        run: (asked, { userId }) => this.why(userId, asked),
      }),
      defineTool({
        name: 'backtest_rule',
        summary: 'What a rule would have signalled and traded over the bars on record',
        input: TOOL_INPUTS.backtest,
        isActing: false,
        run: async ({ rule: named }, { userId }) => {
          const rule = await this.ruleNamed(userId, named);
          let isOver = false;
          const result = await this.backtests
            .run(userId, { rule: rule.id }, () => isOver)
            .finally(() => {
              isOver = true;
            });
          const { trades, wins, hitRate, meanR, totalR, maxDrawdownR, isSmallSample } = result.statistics;
          return {
            finding: {
              kind: 'backtest',
              rule: spokenRule(rule),
              barsJudged: result.barsJudged,
              signals: result.signals.length,
              ...{ trades, wins, hitRate, meanR, totalR, maxDrawdownR, isSmallSample },
            },
            names: [spokenName(rule.name)],
          };
        },
      }),
      defineTool({
        name: 'create_alert',
        summary: 'A new alert rule for a price that crosses a level',
        input: TOOL_INPUTS.createAlert,
        isActing: true,
        propose: ({ symbol, side, level }) => {
          this.market.figuresOf(symbol);
          return `Tell you when ${symbol} closes ${side} ${levelName(level)}?`;
        },
        run: async ({ symbol, side, level, timeframe }, { userId }) => {
          const name = `${symbol} ${side} ${levelName(level)}`;
          const cross = side === 'above' ? 'crossesAbove' : 'crossesBelow';
          const draft: RuleDraft = ruleDraftSchema.parse({
            name,
            symbols: [symbol],
            timeframe,
            when: `${cross}(close, ${typeof level === 'number' ? plain(level) : level})`,
          });
          await this.rules.create(userId, draft);
          return {
            finding: null,
            names: [name],
            done: `Your rule “${spokenName(name)}” watches from now on.`,
          };
        },
      }),
    ];
  }

  private async why(
    ownerId: number,
    { symbol, rule: named, at }: z.output<typeof TOOL_INPUTS.why>,
  ): Promise<ToolResult> {
    const of = this.market.figuresOf(symbol);
    if (at === undefined) {
      const ruleId = named === undefined ? undefined : (await this.ruleNamed(ownerId, named)).id;
      const [newest] = await this.rules.find({ ownerId, symbol, ruleId, limit: 1 });
      if (newest !== undefined) {
        const signal = await this.spokenSignal(ownerId, newest);
        return {
          finding: { kind: 'signals', symbol, signals: [signal] },
          quotations: [quotationOf(signal)],
          names: [signal.ruleName],
        };
      }
    }
    const rule = named === undefined ? await this.onlyRule(ownerId) : await this.ruleNamed(ownerId, named);
    const bar = await this.barAt(symbol, rule, at, of.calendar);
    const { words } = await this.rules.explain(ownerId, rule.id, symbol, bar.seq);
    const source = { kind: 'rule', id: rule.id, version: rule.version } as const;
    return {
      finding: { kind: 'why', of, rule: spokenRule(rule), bar, why: words },
      quotations: [{ text: words, source }],
      names: [spokenName(rule.name)],
    };
  }

  private async barAt(
    symbol: string,
    { timeframe }: RuleVersion,
    at: string | undefined,
    calendar: 'XNYS' | '24x7',
  ): Promise<Bar> {
    const bars = await this.market.newest(symbol, timeframe, at === undefined ? 1 : LOOK_BACK_BARS);
    const zone = calendar === 'XNYS' ? 'America/New_York' : 'UTC';
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const bar = at === undefined ? bars.at(-1) : bars.findLast((one) => clock.format(one.bar_start) === at);
    if (bar === undefined)
      throw new ToolFault(
        'not_found',
        `There is no ${timeframe} bar of ${symbol}${at === undefined ? '' : ` at ${at}`}.`,
      );
    return bar;
  }

  private async onlyRule(ownerId: number): Promise<RuleVersion> {
    const rules = await this.rules.list(ownerId);
    const [rule] = rules;
    if (rule === undefined) throw new ToolFault('not_found', 'There is no rule yet.');
    if (rules.length > 1) throw new ToolFault('not_found', 'There are several rules; say which one.');
    return rule;
  }

  private async ruleNamed(ownerId: number, named: string): Promise<RuleVersion> {
    const rules = await this.rules.list(ownerId);
    const wanted = named.toLowerCase();
    const rule =
      rules.find(({ id }) => id === named) ??
      rules.find(({ name }) => name.toLowerCase() === wanted) ??
      rules.find(({ name }) => name.toLowerCase().includes(wanted));
    if (rule === undefined) throw new ToolFault('not_found', 'There is no rule of that name.');
    return rule;
  }

  private async spokenSignal(ownerId: number, signal: Signal): Promise<SpokenSignal> {
    const { id, symbol, timeframe, seq, rev, bar_start, bar_end, ohlcv } = signal;
    return {
      id,
      ruleName: spokenName(signal.rule.name),
      of: this.market.figuresOf(symbol),
      bar: { symbol, timeframe, seq, rev, bar_start, bar_end, ohlcv },
      why: await this.reasonOf(ownerId, signal),
    };
  }

  /** The engine's words without the author's, which stand before them and may say anything. */
  private async reasonOf(ownerId: number, { explanation, rule }: Signal): Promise<string> {
    const versions = await this.rules.versions(ownerId, rule.id).catch(() => []);
    const words = versions.find(({ version }) => version === rule.version)?.explain;
    if (words === undefined) return '';
    return words !== '' && explanation.startsWith(`${words} `)
      ? explanation.slice(words.length + 1)
      : explanation;
  }
}

function spokenRule({ id, version, name, when, timeframe, symbols, enabled }: RuleVersion): SpokenRule {
  return { id, version, name: spokenName(name), when, timeframe, symbols, enabled };
}

function quotationOf({ id, why }: SpokenSignal): Quotation {
  return { text: why, source: { kind: 'signal', id } };
}

function levelName(level: number | string): string {
  return typeof level === 'number' ? plain(level) : (namingOf(level)?.name ?? level);
}

/** Without an exponent, which the rule language does not know. */
function plain(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 10 });
}
