import type { SpeechPacer } from '../local/speech-pacer.js';
import { HeldAnswer } from './held-answer.js';
import type { ToolCall } from './tool-calls.js';

/** A response that was asked for. */
export interface Asked {
  readonly eventId: string | undefined;
  /** `undefined`: as in the session. */
  readonly modality: 'audio' | 'text' | undefined;
}

/** One answer as the client sees it; the provider may need several responses for it, with tools in between. */
export interface Turn {
  readonly clientId: string;
  /** The provider's response under way; `null` while tools run or the check speaks. */
  upstreamId: string | null;
  held: HeldAnswer;
  calls: ToolCall[];
  callsMade: number;
  /** Whether results came back while the provider was speaking on its own: they still want an answer. */
  wantsAnswer: boolean;
  isCancelled: boolean;
  /** As the client asked for this answer. */
  readonly modality: Asked['modality'];
  pacer: SpeechPacer | null;
}

/** An answer that has just begun. */
export function newTurn(clientId: string, upstreamId: string | null, modality: Asked['modality']): Turn {
  return {
    clientId,
    upstreamId,
    held: new HeldAnswer(),
    calls: [],
    callsMade: 0,
    wantsAnswer: false,
    isCancelled: false,
    modality,
    pacer: null,
  };
}
