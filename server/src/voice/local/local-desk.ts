import type { Logger } from '@nestjs/common';
import type { CoachService, DeskTime, ToolBox } from '../../coach/index.js';
import type { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import type { Speaker } from '../speech/speaker.js';

/** What every conversation with the local coach needs. */
export interface LocalDesk {
  readonly clock: Clock;
  readonly brain: CoachService;
  readonly box: ToolBox;
  readonly time: DeskTime;
  readonly speaker: Speaker;
  readonly env: Env;
  readonly logger: Logger;
}
