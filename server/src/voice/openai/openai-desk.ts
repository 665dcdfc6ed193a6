import type { Logger } from '@nestjs/common';
import type { CoachService, DeskTime, Dialog, ToolBox, ToolCaller } from '../../coach/index.js';
import type { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import type { ServerEvent } from '../coach-link.port.js';
import type { LocalCoach } from '../local/local-coach.js';
import type { Speaker } from '../speech/speaker.js';
import type { CostMeter } from './cost-meter.js';
import type { CostForecast } from './prices.js';
import type { SaidLines } from './said-lines.js';
import type { UpstreamSocket } from './upstream-socket.js';

/** What every conversation needs. */
export interface OpenAiDesk {
  readonly env: Env;
  readonly clock: Clock;
  readonly brain: CoachService;
  readonly box: ToolBox;
  readonly time: DeskTime;
  readonly speaker: Speaker;
  readonly meter: CostMeter;
  readonly local: LocalCoach;
  readonly logger: Logger;
}

/** What the parts of one conversation share: what it knows, and the ways to its two ends. */
export interface ProviderTalk {
  readonly desk: OpenAiDesk;
  readonly dialog: Dialog;
  readonly caller: ToolCaller;
  readonly said: SaidLines;
  /** What the next response can cost. */
  readonly forecast: CostForecast;
  /** Tells the client; nothing once the conversation is closed. */
  readonly emit: (event: ServerEvent) => void;
  /** The socket of now, `null` before the first. */
  readonly upstream: () => UpstreamSocket | null;
}

/** Tells the model something that nobody said. */
export function tellModel({ upstream, forecast }: ProviderTalk, text: string): void {
  forecast.addText(text.length);
  upstream()?.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'system', content: [{ type: 'input_text', text }] },
  });
}
