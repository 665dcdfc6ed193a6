import { PCM_RATE_HZ, type QuoteFinding } from '@libs/coach';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WallClock, type Clock } from '../../common/clock.js';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv, type Env } from '../../config/env.schema.js';
// The coach's own parts: a test may use what stands behind the door.
import { CoachService } from '../../coach/coach.service.js';
import { TextModel } from '../../coach/llm/text-model.js';
import type { DeskTime } from '../../coach/tools/desk-time.js';
import type { JournalTools } from '../../coach/tools/journal-tools.js';
import type { MarketTools } from '../../coach/tools/market-tools.js';
import type { ReplayTools } from '../../coach/tools/replay-tools.js';
import type { RuleTools } from '../../coach/tools/rule-tools.js';
import { ToolBox } from '../../coach/tools/tool-box.js';
import { TOOL_INPUTS } from '../../coach/tools/tool-inputs.js';
import { defineTool } from '../../coach/tools/tool.js';
import type { MarketPipeline } from '../../market/index.js';
import { LocalCoach } from '../local/local-coach.js';
import type { CostBook } from '../openai/cost-book.js';
import { CostMeter } from '../openai/cost-meter.js';
import { OpenAiCoach } from '../openai/openai-coach.js';
import { NO_COST, sumOf, type Cost } from '../openai/prices.js';
import { Speaker } from '../speech/speaker.js';
import { Talk } from './talk.suite.js';

const START_MS = Date.UTC(2026, 10, 19, 15, 43, 20);

export interface LocalDeskOptions {
  /** Length of every spoken sentence. Default 300. */
  readonly speechMs?: number;
  /** Age of the price. Default 2,000. */
  readonly ageMs?: number;
  /** Whether speech always fails. */
  readonly isMute?: boolean;
}

class ToneSpeaker extends Speaker {
  constructor(
    private readonly ms: number,
    private readonly isMute: boolean,
  ) {
    super();
  }

  speak(): Promise<Int16Array> {
    if (this.isMute) return Promise.reject(new Error('no voice'));
    return Promise.resolve(new Int16Array((this.ms * PCM_RATE_HZ) / 1_000).fill(1_000));
  }
}

interface Parts {
  readonly brain: CoachService;
  readonly box: ToolBox;
  readonly time: DeskTime;
  readonly speaker: Speaker;
  readonly done: object[];
}

/** Two tools with known answers, and what they need. */
function partsOf(
  clock: Clock,
  env: Env,
  { speechMs = 300, ageMs = 2_000, isMute = false }: LocalDeskOptions,
): Parts {
  const nowMs = (): number => clock.nowMs();
  const done: object[] = [];
  const of = { symbol: 'ACME', name: 'Acme Inc', calendar: 'XNYS', priceDecimals: 2 } as const;
  const tools = [
    defineTool({
      name: 'get_quote',
      summary: 'A price',
      input: TOOL_INPUTS.quote,
      isActing: false,
      run: () => {
        const finding: QuoteFinding = {
          kind: 'quote',
          of,
          price: 652.84,
          size: 100,
          ts: nowMs() - ageMs,
          session: 'regular',
          feedState: 'live',
          priorClose: null,
        };
        return Promise.resolve({ finding });
      },
    }),
    defineTool({
      name: 'get_signals',
      summary: 'Signals',
      input: TOOL_INPUTS.signals,
      isActing: false,
      run: () => {
        const startMs = START_MS - (START_MS % 60_000) - 60_000;
        const bar = {
          symbol: of.symbol,
          timeframe: '1m' as const,
          seq: startMs / 60_000,
          rev: 0,
          bar_start: startMs,
          bar_end: startMs + 60_000,
          ohlcv: { o: 652, h: 653, l: 651.5, c: 652.5, v: 1_000 },
        };
        const why = 'close 652.5 crossed above vwap 651.2';
        const signals = [{ id: 'r-1:ACME:1m:1', ruleName: 'VWAP reclaim', of, bar, why }];
        return Promise.resolve({
          finding: { kind: 'signals' as const, symbol: null, signals },
          quotations: [{ text: why, source: { kind: 'signal' as const, id: 'r-1:ACME:1m:1' } }],
          names: ['VWAP reclaim'],
        });
      },
    }),
    defineTool({
      name: 'create_alert',
      summary: 'An alert',
      input: TOOL_INPUTS.createAlert,
      isActing: true,
      propose: ({ symbol, side, level }) => `Tell you when ${symbol} closes ${side} ${level}?`,
      run: (input) => {
        done.push(input);
        return Promise.resolve({ finding: null, done: 'Your rule watches from now on.' });
      },
    }),
  ];
  const box = new ToolBox(
    env,
    clock,
    { tools } as unknown as MarketTools,
    { tools: [] } as unknown as RuleTools,
    { tools: [] } as unknown as JournalTools,
    { tools: [] } as unknown as ReplayTools,
  );
  const time = { nowMs } as unknown as DeskTime;
  const market = { symbols: [{ symbol: 'ACME', name: 'Acme Inc' }] } as unknown as MarketPipeline;
  const brain = new CoachService(box, time, market, new TextModel(env));
  return { brain, box, time, speaker: new ToneSpeaker(speechMs, isMute), done };
}

/** The local coach over two tools with known answers, under a clock of the test. */
export interface LocalDesk {
  readonly clock: ManualClock;
  readonly coach: LocalCoach;
  /** Alerts that were made. */
  readonly done: object[];
  open(): Talk;
}

export function localDesk(options: LocalDeskOptions = {}, settings: Record<string, string> = {}): LocalDesk {
  const clock = new ManualClock(START_MS);
  const env = parseEnv(settings);
  const { brain, box, time, speaker, done } = partsOf(clock, env, options);
  const coach = new LocalCoach(env, clock, brain, box, time, speaker);
  return { clock, coach, done, open: () => new Talk(coach, () => nextTurn()) };
}

/** A meter whose book is in memory. */
export function meterFor(env: Env, clock: Clock, book = new Map<number, Cost>()): CostMeter {
  const read = (day: number): Cost => book.get(day) ?? NO_COST;
  const pages = {
    read: (day: number) => Promise.resolve(read(day)),
    add: (day: number, cost: Cost) => {
      book.set(day, sumOf(read(day), cost));
      return Promise.resolve(read(day));
    },
  };
  return new CostMeter(env, clock, pages as unknown as CostBook);
}

/** The coach behind a provider at `url`, over the same tools, under the machine's own clock. */
export function openAiCoachFor(
  url: string,
  { dailyUsd = 100, ...options }: LocalDeskOptions & { readonly dailyUsd?: number } = {},
): { coach: OpenAiCoach; done: object[] } {
  const clock = new WallClock();
  const env = {
    ...parseEnv({ OPENAI_API_KEY: 'test-key', OPENAI_REALTIME_URL: url }),
    COACH_DAILY_USD: dailyUsd,
  };
  const { brain, box, time, speaker, done } = partsOf(clock, env, options);
  const local = new LocalCoach(env, clock, brain, box, time, speaker);
  const coach = new OpenAiCoach(env, clock, brain, box, time, speaker, meterFor(env, clock), local);
  return { coach, done };
}
