import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Clock } from '../common/clock.js';
import { SustainedLag } from './sustained-lag.js';

const RESOLUTION_MS = 20;
/** Above this a client waits longer than it would elsewhere. */
const MOST_LAG_MS = 1_000;

/** Down while the event loop is late all the time: traffic is better sent elsewhere until it is not. */
@Injectable()
export class EventLoopIndicator implements OnApplicationShutdown {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly lag: SustainedLag;

  constructor(
    private readonly indicators: HealthIndicatorService,
    clock: Clock,
  ) {
    this.delays.enable();
    this.lag = new SustainedLag(clock, this.delays);
  }

  onApplicationShutdown(): void {
    this.delays.disable();
  }

  check(key: string): HealthIndicatorResult {
    const indicator = this.indicators.check(key);
    const lagMs = Math.round(this.lag.p99Ms());
    return lagMs > MOST_LAG_MS
      ? indicator.down({ message: `the process is ${lagMs} ms late with everything` })
      : indicator.up();
  }
}
