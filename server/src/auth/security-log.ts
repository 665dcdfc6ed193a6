import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';

/** What is told of attempts that were refused, and of logins. */
export type SecurityEvent =
  | 'login'
  | 'login_failed'
  | 'login_paused'
  | 'logout'
  | 'no_session'
  | 'foreign_origin'
  | 'foreign_host'
  | 'rate_limited'
  | 'wrong_content_type';

/** Lines of one kind written in one window; the rest are counted and told with the next window's first. */
const LINES_PER_WINDOW = 5;
const WINDOW_MS = 10_000;

/** Writes what a keeper of the desk should see, a bounded number of lines whatever is thrown at it. */
export class SecurityLog {
  private readonly logger = new Logger('auth');
  private readonly windows = new Map<SecurityEvent, { startedMs: number; lines: number; left: number }>();
  private readonly counts = new Map<SecurityEvent, number>();

  constructor(private readonly clock: Clock) {}

  /** How often each happened since the start. */
  get totals(): Readonly<Partial<Record<SecurityEvent, number>>> {
    return Object.fromEntries(this.counts);
  }

  tell(event: SecurityEvent, address: string, path: string): void {
    this.counts.set(event, (this.counts.get(event) ?? 0) + 1);
    const nowMs = this.clock.nowMs();
    let window = this.windows.get(event);
    if (window === undefined || nowMs - window.startedMs >= WINDOW_MS) {
      const unsaid = window?.left ?? 0;
      window = { startedMs: nowMs, lines: 0, left: 0 };
      this.windows.set(event, window);
      if (unsaid > 0) this.logger.warn(`${event}: ${unsaid} more of these were not written`);
    }
    if (window.lines >= LINES_PER_WINDOW) {
      window.left++;
      return;
    }
    window.lines++;
    const line = `${event} from ${address} at ${JSON.stringify(path.slice(0, 100))}`;
    if (event === 'login' || event === 'logout') this.logger.log(line);
    else this.logger.warn(line);
  }
}
