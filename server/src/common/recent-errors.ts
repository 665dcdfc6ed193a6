import { Injectable } from '@nestjs/common';

/** Different errors kept; the one seen longest ago makes room. */
const MOST_KEPT = 20;
const MOST_CHARS = 200;

/** A kind of error with how often it came. */
export interface RecentError {
  readonly message: string;
  readonly count: number;
  readonly lastAtMs: number;
}

/** The newest errors of the server with their counts, for whoever is looking for what is wrong. */
@Injectable()
export class RecentErrors {
  private readonly byMessage = new Map<string, { count: number; lastAtMs: number }>();

  /** Newest first. */
  get newest(): readonly RecentError[] {
    return [...this.byMessage].map(([message, seen]) => ({ message, ...seen })).reverse();
  }

  add(message: string, nowMs: number): void {
    const key = message.slice(0, MOST_CHARS);
    const count = (this.byMessage.get(key)?.count ?? 0) + 1;
    this.byMessage.delete(key);
    this.byMessage.set(key, { count, lastAtMs: nowMs });
    if (this.byMessage.size <= MOST_KEPT) return;
    for (const oldest of this.byMessage.keys()) {
      this.byMessage.delete(oldest);
      break;
    }
  }
}
