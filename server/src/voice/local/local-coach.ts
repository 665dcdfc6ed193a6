import { Inject, Injectable, Logger } from '@nestjs/common';
import { CoachService, DeskTime, ToolBox, type ToolCaller } from '../../coach/index.js';
import { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import type { Coach, CoachLink, CoachListener } from '../coach-link.port.js';
import { Speaker } from '../speech/speaker.js';
import type { LocalDesk } from './local-desk.js';
import { LocalLink } from './local-link.js';

/** The coach inside: no key, no network. A server of the Realtime protocol over grammar, tools, templates and Flite. */
@Injectable()
export class LocalCoach implements Coach {
  readonly name = 'local';
  private readonly desk: LocalDesk;

  constructor(
    @Inject(ENV) env: Env,
    clock: Clock,
    brain: CoachService,
    box: ToolBox,
    time: DeskTime,
    speaker: Speaker,
  ) {
    this.desk = { clock, brain, box, time, speaker, env, logger: new Logger('voice') };
  }

  open(listener: CoachListener, caller: ToolCaller): CoachLink {
    return new LocalLink(this.desk, listener, caller);
  }
}
