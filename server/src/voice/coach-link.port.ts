import type { ClientEvent } from '@libs/contract';
import type { ToolCaller } from '../coach/index.js';

/** An event of the Realtime protocol on its way to the client. `event_id` is added where it is missing. */
export type ServerEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Where a coach sends what it has to say. */
export interface CoachListener {
  /** Events in their order. */
  onEvent(event: ServerEvent): void;
  /** The coach is gone and does not come back. */
  onEnd(reason: string): void;
}

/** One conversation with a coach. */
export interface CoachLink {
  /** Takes an event of the client, already checked against the allow-list. Never throws. */
  send(event: ClientEvent): void;
  /** Ends the conversation; whatever it holds open is closed at once. Harmless when repeated. */
  close(): void;
}

/** A coach: the one inside, or one behind a URL. All of them speak the Realtime protocol (GA) and pass one suite. */
export interface Coach {
  readonly name: 'local' | 'openai';
  open(listener: CoachListener, caller: ToolCaller): CoachLink;
}
