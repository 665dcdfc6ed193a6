import { messageOf } from '../../common/errors.js';
import {
  ToolFault,
  type CoachService,
  type DeskTime,
  type Dialog,
  type ToolBox,
  type ToolCaller,
} from '../../coach/index.js';
import type { ServerEvent } from '../coach-link.port.js';

/** A call the model made. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** JSON as the model wrote it; may be cut off. */
  readonly text: string;
}

/** Characters of one result a model is given. */
const LONGEST_OUTPUT = 20_000;

/** Runs the calls of a model for one conversation. What comes back is always a text: a result, or why there is none. */
export class ToolCalls {
  constructor(
    private readonly desk: { readonly box: ToolBox; readonly brain: CoachService; readonly time: DeskTime },
    private readonly dialog: Dialog,
    private readonly caller: ToolCaller,
    private readonly emit: (event: ServerEvent) => void,
  ) {}

  async run({ name, text }: ToolCall): Promise<string> {
    try {
      return JSON.stringify(await this.resultOf(name, inputOf(text))).slice(0, LONGEST_OUTPUT);
    } catch (thrown) {
      const words =
        thrown instanceof ToolFault ? thrown.message : `failed: ${messageOf(thrown).slice(0, 100)}`;
      return JSON.stringify({ error: words });
    }
  }

  private async resultOf(name: string, input: unknown): Promise<object> {
    const { box, brain, time } = this.desk;
    if (box.isActing(name) === true) {
      const { id, question } = brain.propose(name, input, this.dialog);
      this.emit({ type: 'spotlight.proposal', id, tool: name, question });
      return { status: 'waiting for the trader to agree', question };
    }
    const result = await box.run(name, input, this.caller);
    const nowMs = time.nowMs();
    this.dialog.learn(result, nowMs);
    const { finding } = result;
    const ts = finding?.kind === 'quote' ? finding.ts : null;
    return { data: finding, ...(ts !== null && { age_s: Math.round((nowMs - ts) / 1_000) }) };
  }
}

function inputOf(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ToolFault('bad_input', 'The arguments are not JSON; they may have been cut off.');
  }
}
