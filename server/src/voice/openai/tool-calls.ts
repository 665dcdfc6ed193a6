import { messageOf } from '../../common/errors.js';
import { ToolFault } from '../../coach/index.js';
import type { ProviderTalk } from './openai-desk.js';

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
  constructor(private readonly talk: Pick<ProviderTalk, 'desk' | 'dialog' | 'caller' | 'emit'>) {}

  /** Answers each call exactly once: the first `allowed` are run, the others are told why not. */
  async answerAll(
    calls: readonly ToolCall[],
    allowed: number,
    isWanted: boolean,
    send: (answer: object) => void,
  ): Promise<void> {
    const refusal = isWanted ? 'Too many calls in one turn. Answer now.' : 'The turn was cancelled.';
    await Promise.all(
      calls.map(async (call, index) => {
        const output = index < allowed ? await this.run(call) : JSON.stringify({ error: refusal });
        send({
          type: 'conversation.item.create',
          item: { type: 'function_call_output', call_id: call.callId, output },
        });
      }),
    );
  }

  private async run({ name, text }: ToolCall): Promise<string> {
    try {
      return JSON.stringify(await this.resultOf(name, inputOf(text))).slice(0, LONGEST_OUTPUT);
    } catch (thrown) {
      const words =
        thrown instanceof ToolFault ? thrown.message : `failed: ${messageOf(thrown).slice(0, 100)}`;
      return JSON.stringify({ error: words });
    }
  }

  private async resultOf(name: string, input: unknown): Promise<object> {
    const { dialog, caller, emit, desk } = this.talk;
    const { box, brain, time } = desk;
    if (box.isActing(name) === true) {
      const { id, question } = brain.propose(name, input, dialog);
      emit({ type: 'spotlight.proposal', id, tool: name, question });
      return { status: 'waiting for the trader to agree', question };
    }
    const result = await box.run(name, input, caller);
    const nowMs = time.nowMs();
    dialog.learn(result, nowMs);
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
