import { Inject, Injectable, Logger } from '@nestjs/common';
import { CoachService, DeskTime, ToolBox, type ToolCaller } from '../../coach/index.js';
import { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import type { Coach, CoachLink, CoachListener } from '../coach-link.port.js';
import { LocalCoach } from '../local/local-coach.js';
import { Speaker } from '../speech/speaker.js';
import { CostMeter } from './cost-meter.js';
import type { OpenAiDesk } from './openai-desk.js';
import { OpenAiLink } from './openai-link.js';

/** The coach behind any URL that speaks OpenAI's Realtime protocol (GA). The key never leaves the server. */
@Injectable()
export class OpenAiCoach implements Coach {
  readonly name = 'openai';
  private readonly desk: OpenAiDesk;

  constructor(
    @Inject(ENV) env: Env,
    clock: Clock,
    brain: CoachService,
    box: ToolBox,
    time: DeskTime,
    speaker: Speaker,
    meter: CostMeter,
    local: LocalCoach,
  ) {
    this.desk = { env, clock, brain, box, time, speaker, meter, local, logger: new Logger('voice') };
  }

  open(listener: CoachListener, caller: ToolCaller): CoachLink {
    return new OpenAiLink(this.desk, listener, caller);
  }
}
