import { Inject, Injectable, Logger } from '@nestjs/common';
import * as z from 'zod';
import { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import { ProblemException } from '../../common/problem.exception.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { JournalTools } from './journal-tools.js';
import { MarketTools } from './market-tools.js';
import { ReplayTools } from './replay-tools.js';
import { RuleTools } from './rule-tools.js';
import { ToolFault } from './tool-fault.js';
import { ToolThrottle } from './tool-throttle.js';
import type { Tool, ToolCaller, ToolResult } from './tool.js';

/** A tool as models and documentation are told of it. */
export interface ToolDescription {
  readonly name: string;
  readonly summary: string;
  readonly isActing: boolean;
  /** JSON Schema of its input. */
  readonly parameters: object;
}

/** All tools of the coach: found by name, checked, throttled, and given a limit of time. */
@Injectable()
export class ToolBox {
  private readonly logger = new Logger('coach');
  private readonly tools: ReadonlyMap<string, Tool>;
  private readonly throttle: ToolThrottle;
  private readonly limitMs: number;

  constructor(
    @Inject(ENV) env: Env,
    private readonly clock: Clock,
    market: MarketTools,
    rules: RuleTools,
    journal: JournalTools,
    replay: ReplayTools,
  ) {
    const all = [...market.tools, ...rules.tools, ...journal.tools, ...replay.tools];
    this.tools = new Map(all.map((tool) => [tool.name, tool]));
    this.throttle = new ToolThrottle(clock);
    this.limitMs = env.TOOL_TIMEOUT_MS;
  }

  get descriptions(): ToolDescription[] {
    return [...this.tools.values()].map(({ name, summary, isActing, input }) => ({
      name,
      summary,
      isActing,
      parameters: z.toJSONSchema(input, { io: 'input' }),
    }));
  }

  /** Whether a tool needs the trader's word before it runs; `undefined` for no such tool. */
  isActing(name: string): boolean | undefined {
    return this.tools.get(name)?.isActing;
  }

  /** The question a tool that acts puts to the trader. Throws {@link ToolFault}. */
  propose(name: string, input: unknown): string {
    const tool = this.toolOf(name);
    return tool.propose?.(parsed(tool, input)) ?? '';
  }

  /** Runs a tool. Throws {@link ToolFault}, and nothing else: what is wrong and what to do, for whoever asked. */
  async run(name: string, input: unknown, caller: ToolCaller): Promise<ToolResult> {
    const tool = this.toolOf(name);
    const checked = parsed(tool, input);
    if (!this.throttle.take(caller.userId))
      throw new ToolFault('too_many', 'More calls of tools than one user gets. Slow down.');
    let cancel = (): void => undefined;
    const limit = new Promise<never>((_, reject) => {
      cancel = this.clock.after(this.limitMs, () => {
        reject(new ToolFault('too_slow', `${name} did not answer within ${this.limitMs} ms.`));
      });
    });
    try {
      return await Promise.race([tool.run(checked, caller), limit]);
    } catch (thrown) {
      throw this.faultOf(name, thrown);
    } finally {
      cancel();
    }
  }

  private toolOf(name: string): Tool {
    const tool = this.tools.get(name);
    if (tool === undefined) throw new ToolFault('unknown_tool', 'There is no such tool.');
    return tool;
  }

  private faultOf(name: string, thrown: unknown): ToolFault {
    if (thrown instanceof ToolFault) return thrown;
    if (thrown instanceof ProblemException && thrown.problem.status < 500)
      return new ToolFault(thrown.problem.status === 404 ? 'not_found' : 'bad_input', thrown.problem.detail);
    this.logger.warn(`${name} failed: ${messageOf(thrown)}`);
    return new ToolFault('unavailable', `${name} cannot answer at the moment.`);
  }
}

function parsed(tool: Tool, input: unknown): unknown {
  const result = tool.input.safeParse(input);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ToolFault(
    'bad_input',
    fields.map(({ path, message }) => `${path} ${message}`.trim()).join('; '),
    fields,
  );
}
