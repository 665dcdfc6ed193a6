import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { defer, firstValueFrom, timeout } from 'rxjs';
import { DataSource } from 'typeorm';

const PING_TIMEOUT_MS = 1_000;

/** The database answered at start, else there would be no process; one that is lost later is told as `degraded`. */
@Injectable()
export class DatabaseIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
  ) {}

  async check(key: string): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(key);
    try {
      await firstValueFrom(
        defer(() => this.dataSource.query<unknown>('SELECT 1')).pipe(timeout(PING_TIMEOUT_MS)),
      );
      return indicator.up();
    } catch {
      return indicator.degraded({ message: 'does not answer; bars wait to be written' });
    }
  }
}
