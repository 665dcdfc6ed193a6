import { Injectable } from '@nestjs/common';
import { timeframeMs, type Bar } from '@libs/bars';
import {
  backtestInSteps,
  coversSymbol,
  type BacktestOptions,
  type BacktestResult,
  type CompiledRule,
} from '@libs/rules';
import { ProblemException } from '../common/problem.exception.js';
import { BarLog, MarketPipeline } from '../market/index.js';
import { BarReader } from './bar-reader.js';
import { LARGEST_BACKTEST, type BacktestBody } from './rule-requests.js';
import { RulesService } from './rules.service.js';

/** Runs backtests over the bars on record, one at a time, in steps between which everybody else gets their turn. */
@Injectable()
export class BacktestService {
  private isRunning = false;

  constructor(
    private readonly rules: RulesService,
    private readonly reader: BarReader,
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
  ) {}

  /** Runs to the end, or until `isCancelled` says so. Throws 429 while another one runs. */
  async run(ownerId: number, body: BacktestBody, isCancelled: () => boolean): Promise<BacktestResult> {
    const compiled = await this.rules.compiled(ownerId, body.rule);
    if (this.isRunning)
      throw new ProblemException({ status: 429, detail: 'Another backtest is running.', retryAfterS: 2 });
    this.isRunning = true;
    try {
      return await this.runAlone(compiled, body, isCancelled);
    } finally {
      this.isRunning = false;
    }
  }

  private async runAlone(
    compiled: CompiledRule,
    body: BacktestBody,
    isCancelled: () => boolean,
  ): Promise<BacktestResult> {
    const symbols = this.symbolsOf(compiled, body);
    const bars: Bar[] = [];
    for (const symbol of symbols.keys()) bars.push(...(await this.barsOf(symbol, compiled, body)));
    const fromMs = body.from ?? -Infinity;
    const judged = bars.filter(
      (bar) => bar.timeframe === compiled.rule.timeframe && bar.bar_end > fromMs,
    ).length;
    if (judged > LARGEST_BACKTEST) {
      throw new ProblemException({
        status: 413,
        detail: `These are ${judged} bars; one backtest may cover ${LARGEST_BACKTEST}. Choose fewer symbols or a later start.`,
      });
    }
    const steps = backtestInSteps({ compiled, bars, symbols, fromMs, options: optionsOf(body) });
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (isCancelled()) throw new ProblemException({ status: 499, detail: 'The backtest was cancelled.' });
    }
  }

  private symbolsOf({ rule }: CompiledRule, { symbols }: BacktestBody): Map<string, 'XNYS' | '24x7'> {
    const wanted = this.market.symbols.filter(({ symbol }) =>
      symbols === undefined ? coversSymbol(rule.symbols, symbol) : symbols.includes(symbol),
    );
    if (wanted.length === 0)
      throw new ProblemException({
        status: 400,
        detail: 'None of these symbols is carried here; GET /api/symbols lists what is.',
      });
    return new Map(wanted.map(({ symbol, calendar }) => [symbol, calendar]));
  }

  private async barsOf(
    symbol: string,
    { lookback, rule }: CompiledRule,
    { from, to }: BacktestBody,
  ): Promise<Bar[]> {
    const newest = this.log.seriesFor(symbol, rule.timeframe)?.publishedSeq ?? null;
    if (newest === null) return [];
    const lengthMs = timeframeMs(rule.timeframe);
    const fromSeq = from === undefined ? 0 : Math.floor(from / lengthMs);
    const toSeq = Math.min(newest, to === undefined ? newest : Math.floor(to / lengthMs) - 1);
    if (fromSeq > toSeq) return [];
    return this.reader.around(symbol, lookback, rule.timeframe, fromSeq, toSeq);
  }
}

/** Only what the request says; the rest has its defaults in the library. */
function optionsOf({ stopPercent, stopAtr, ...body }: BacktestBody): Partial<BacktestOptions> {
  const { side, targetR, longestBars, isFlatOvernight, costBps, horizonsBars } = body;
  return {
    ...(side !== undefined && { side }),
    ...(stopPercent !== undefined && { stop: { percent: stopPercent } }),
    ...(stopAtr !== undefined && { stop: { atrMultiple: stopAtr } }),
    ...(targetR !== undefined && { targetR }),
    ...(longestBars !== undefined && { longestBars }),
    ...(isFlatOvernight !== undefined && { isFlatOvernight }),
    ...(costBps !== undefined && { costBps }),
    ...(horizonsBars !== undefined && { horizonsBars: [...horizonsBars].sort((a, b) => a - b) }),
  };
}
