import { Injectable } from '@angular/core';
import type { EpochMs } from '@libs/bars';
import type { DataGap, FeedState } from '@libs/contract';
import { readJson } from './json-answer';

/** `GET /api/diag`, as far as the desk reads it. */
export interface Diag {
  readonly timestamp: EpochMs;
  readonly version: string;
  readonly uptime_s: number;
  readonly epoch: { readonly id: string; readonly startMs: EpochMs };
  readonly market: {
    readonly source: string;
    readonly reason: string;
    readonly state: FeedState;
    readonly state_reason: string;
    readonly lastTickMs: EpochMs | null;
    readonly symbols: readonly string[];
    readonly lateTrades: number;
    readonly rejected: Readonly<Record<string, number>>;
    readonly gaps: readonly DataGap[];
  };
  readonly log: {
    readonly headOffset: number;
    readonly queuedBars: number;
    readonly unarchivedBars: number;
    readonly failedWrites: number;
    readonly tailEvents: number;
    readonly tailBytes: number;
  };
  readonly cache: {
    readonly series: number;
    readonly bars: number;
    readonly bytes: number;
    readonly maxBytes: number;
  };
  readonly stream: {
    readonly clients: number;
    readonly behind: number;
    readonly topics: number;
    readonly cut: Readonly<Record<string, number>>;
    readonly resumed: Readonly<Record<string, number>>;
  };
  readonly database: { readonly kind: string };
  readonly redis: { readonly state: 'up' | 'away' } | null;
  readonly leader: boolean;
  readonly leadership: { readonly instance: string };
  readonly limits: {
    readonly streams: number;
    readonly streams_per_session: number;
    readonly requests_per_session: RequestLimit;
    readonly requests_per_stranger: RequestLimit;
    readonly waiting_events_per_stream: number;
  };
  /** Times in milliseconds. */
  readonly pools: {
    readonly database: {
      readonly most: number;
      readonly open: number;
      readonly idle: number;
      readonly waiting: number;
      readonly connect_timeout_ms: number;
      readonly statement_timeout_ms: number;
    };
    readonly http: {
      readonly connections: number;
      readonly headers_timeout_ms: number;
      readonly request_timeout_ms: number;
      readonly keep_alive_timeout_ms: number;
    };
  };
  readonly auth: { readonly login: boolean; readonly events: Readonly<Record<string, number>> };
  /** Newest first. */
  readonly errors: readonly {
    readonly message: string;
    readonly count: number;
    readonly lastAtMs: EpochMs;
  }[];
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly heapTotal: number };
  readonly eventLoop: { readonly p50_ms: number; readonly p99_ms: number; readonly max_ms: number };
}

/** Requests at once, and how many more each second. */
export interface RequestLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Asks the server about itself. */
@Injectable({ providedIn: 'root' })
export class DiagClient {
  /** Rejects with the server's own words where it refused. */
  async read(): Promise<Diag> {
    return readJson<Diag>(await fetch('/api/diag', { cache: 'no-store' }));
  }
}
