import { barJson, type Bar } from '@libs/bars';
import { barSchema, timeframeSchema } from '@libs/contract';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import type { RedisLink } from '../../persistence/index.js';
import type { LogAlert, LoggedEvent } from '../logged-alert.js';

/** How long one blocking read waits; also how soon a reader notices that it was closed. */
const BLOCK_MS = 1_000;
/** A blocking read that takes longer than its own wait and this has lost its connection. */
const READ_GRACE_MS = 1_000;
const READ_COUNT = 500;
const FENCED = -1;

/**
 * Adds events under their own offsets unless a higher fence is known. Redis refuses an id that is not above the newest
 * one, so an event that is there already stays once.
 */
const APPEND = `
local fence = tonumber(ARGV[1])
local known = tonumber(redis.call('GET', KEYS[2]) or '0')
if known > fence then return ${FENCED} end
if known < fence then redis.call('SET', KEYS[2], ARGV[1]) end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local last = 0
if newest[1] then last = tonumber(string.match(newest[1][1], '^%d+')) end
for i = 4, #ARGV, 2 do
  if tonumber(ARGV[i]) > last then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[i] .. '-1', 'e', ARGV[3], 'b', ARGV[i + 1])
  end
end
return #ARGV
`;

/** An event as it travels, with the epoch it belongs to. */
export type RelayedEvent = LoggedEvent & { readonly epochId: string };

/**
 * The bar log on its way from the leader to the other instances: a Redis Stream whose entry ids are the log's offsets, so
 * that Redis itself keeps the order, leaves out repetitions, and lets a reader go on after any offset.
 */
export class RedisLog {
  private readonly logKey: string;
  private readonly fenceKey: string;

  constructor(
    private readonly link: RedisLink,
    clusterId: string,
    private readonly cap: number,
  ) {
    this.logKey = `spotlight:{${clusterId}}:log`;
    this.fenceKey = `spotlight:{${clusterId}}:fence`;
  }

  /** Adds events of one epoch. `false` when a leader with a higher fence is known. Rejects when Redis does not take them. */
  async append(events: readonly LoggedEvent[], epochId: string, fence: number): Promise<boolean> {
    const rows = events.flatMap((event) => [String(event.offset), payloadOf(event)]);
    const answer = await this.link.run((redis) =>
      redis.eval(APPEND, 2, this.logKey, this.fenceKey, fence, this.cap, epochId, ...rows),
    );
    return answer !== FENCED;
  }

  /** Makes a new leader's fence known, so that an earlier leader can add nothing from now on. */
  async raiseFence(fence: number): Promise<boolean> {
    return this.append([], '', fence);
  }

  /** Events after an offset, oldest first, at most `limit`. Entries that make no sense are left out. */
  async after(offset: number, limit: number): Promise<RelayedEvent[]> {
    const entries = await this.link.run((redis) =>
      redis.xrange(this.logKey, `(${offset}-1`, '+', 'COUNT', limit),
    );
    return entries.flatMap(toEvent);
  }

  /** Forgets what is there: it belongs to another history of the same database. */
  async clear(): Promise<void> {
    await this.link.run((redis) => redis.del(this.logKey));
  }

  /**
   * Reads from an offset on until closed, waiting in Redis for what comes. `position` is asked before each read, so that
   * what a reader got another way is not read again. Faults of the connection end in another try, with the given pause.
   */
  follow(options: {
    readonly position: () => number;
    readonly onEvents: (events: readonly RelayedEvent[]) => void;
    readonly pause: () => Promise<void>;
  }): () => void {
    const redis = this.link.separate({ commandTimeout: BLOCK_MS + READ_GRACE_MS });
    const closing = new AbortController();
    const isOpen = (): boolean => !closing.signal.aborted;
    const read = async (): Promise<void> => {
      while (isOpen()) {
        const events = await this.read(redis, options.position()).catch(() => null);
        if (!isOpen()) return;
        if (events === null) await options.pause();
        else if (events.length > 0) options.onEvents(events);
      }
    };
    void read();
    return () => {
      closing.abort();
      redis.disconnect();
    };
  }

  private async read(redis: Redis, offset: number): Promise<RelayedEvent[]> {
    const streams = await redis.xread(
      'COUNT',
      READ_COUNT,
      'BLOCK',
      BLOCK_MS,
      'STREAMS',
      this.logKey,
      `${offset}-1`,
    );
    return (streams?.[0]?.[1] ?? []).flatMap(toEvent);
  }
}

/** A bar as it stands on the stream, or what there is to know of an alert under one name. */
function payloadOf({ bar, alert }: LoggedEvent): string {
  return bar === undefined ? JSON.stringify({ alert }) : barJson(bar);
}

const alertSchema = z.object({
  alert: z.object({
    epochId: z.string(),
    ownerId: z.int(),
    ruleId: z.string(),
    symbol: z.string(),
    timeframe: timeframeSchema,
    seq: z.int(),
    barEndMs: z.int(),
    json: z.string(),
  }),
});

function readPayload(json: string): { bar: Bar } | { alert: LogAlert } {
  const payload: unknown = JSON.parse(json);
  const isAlert = typeof payload === 'object' && payload !== null && 'alert' in payload;
  return isAlert ? alertSchema.parse(payload) : { bar: barSchema.parse(payload) };
}

/** An entry as an event, or nothing where it cannot be one: what others wrote under this key is no event of ours. */
function toEvent([id, fields]: [id: string, fields: string[] | null]): RelayedEvent[] {
  const offset = Number(id.split('-')[0]);
  const [, epochId, , json] = fields ?? [];
  if (epochId === undefined || json === undefined || !Number.isSafeInteger(offset)) return [];
  try {
    return [{ offset, epochId, ...readPayload(json) }];
  } catch {
    return []; // The gap it leaves is filled from the database.
  }
}
