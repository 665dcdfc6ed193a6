import { Global, Module } from '@nestjs/common';
import { Clock, WallClock } from './clock.js';
import { Draining } from './draining.js';
import { RecentErrors } from './recent-errors.js';

/** What every module may need and none owns: time, and whether the process is on its way out. */
@Global()
@Module({
  providers: [{ provide: Clock, useClass: WallClock }, Draining, RecentErrors],
  exports: [Clock, Draining, RecentErrors],
})
export class CommonModule {}
