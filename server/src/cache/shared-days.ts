import { barJson, type Bar, type Timeframe } from '@libs/bars';
import { barSchema } from '@libs/contract';
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { RedisLink } from '../persistence/index.js';

/** Bars that one command writes: bounds its size and how long Redis is busy with it. */
const BARS_PER_WRITE = 500;
const barsSchema = z.array(barSchema);

/** The days of a series under the generation that counts, which is begun where there is none. */
const READ = `
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
local generation = redis.call('GET', KEYS[1])
local answer = { generation }
for i = 4, #ARGV do
  for _, text in ipairs(redis.call('HVALS', ARGV[3] .. generation .. ':' .. ARGV[i])) do
    answer[#answer + 1] = text
  end
end
return answer
`;

/** All bars of a command or none; a bar is replaced by a later revision alone, and nothing is added to a generation that is over. */
const WRITE = `
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
local generation = redis.call('GET', KEYS[1])
if ARGV[4] ~= '' and ARGV[4] ~= generation then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
local touched = {}
for i = 5, #ARGV, 4 do
  local key = ARGV[3] .. generation .. ':' .. ARGV[i]
  local known = redis.call('HGET', key, ARGV[i + 1])
  if not known or tonumber(string.match(known, '^%d+')) <= tonumber(ARGV[i + 2]) then
    redis.call('HSET', key, ARGV[i + 1], ARGV[i + 2] .. '|' .. ARGV[i + 3])
  end
  touched[key] = true
end
for key in pairs(touched) do redis.call('EXPIRE', key, ARGV[2]) end
return 1
`;

/** A bar and the trading day it is kept under, `YYYY-MM-DD`. */
export interface DatedBar {
  readonly bar: Bar;
  readonly date: string;
}

/** What Redis holds of some days of a series, and the generation it belongs to. */
export interface SharedAnswer {
  readonly generation: string;
  /** Ascending by seq; some may be missing. */
  readonly bars: readonly Bar[];
}

/**
 * Finalized bars in Redis, one hash per series and trading day, its fields the seqs. They live for `lifetimeS` after the
 * last write to their day. Everything belongs to a generation: when a correction could not be written, a new generation
 * makes all that is there count no more. Rejects when Redis does not answer.
 */
export class SharedDays {
  constructor(
    private readonly link: RedisLink,
    private readonly lifetimeS: number,
  ) {}

  /** Bars of a series on some trading days. What others wrote there and is no bar is as good as nothing. */
  async read(
    epochId: string,
    symbol: string,
    timeframe: Timeframe,
    dates: readonly string[],
  ): Promise<SharedAnswer> {
    const days = dates.map((date) => dayKey(symbol, timeframe, date));
    const [generation = '', ...texts] = (await this.link.run((redis) =>
      redis.eval(
        READ,
        1,
        generationKey(epochId),
        newGeneration(),
        this.lifetimeS,
        prefixOf(epochId),
        ...days,
      ),
    )) as string[];
    const bars = parsed(texts).filter((bar) => bar.symbol === symbol && bar.timeframe === timeframe);
    return { generation, bars: bars.sort((a, b) => a.seq - b.seq) };
  }

  /** Adds bars. With a generation: only while that one counts. */
  async write(epochId: string, bars: readonly DatedBar[], generation: string | null): Promise<void> {
    for (let from = 0; from < bars.length; from += BARS_PER_WRITE) {
      const rows = bars
        .slice(from, from + BARS_PER_WRITE)
        .flatMap(({ bar, date }) => [
          dayKey(bar.symbol, bar.timeframe, date),
          String(bar.seq),
          String(bar.rev),
          barJson(bar),
        ]);
      const head = [newGeneration(), this.lifetimeS, prefixOf(epochId), generation ?? ''];
      await this.link.run((redis) => redis.eval(WRITE, 1, generationKey(epochId), ...head, ...rows));
    }
  }

  /** From now on nothing that is there counts. */
  async beginGeneration(epochId: string): Promise<void> {
    await this.link.run((redis) => redis.set(generationKey(epochId), newGeneration(), 'EX', this.lifetimeS));
  }
}

/** Braces: all keys of an epoch lie on one node of a cluster, as one script needs them. */
function prefixOf(epochId: string): string {
  return `spotlight:{${epochId}}:bars:`;
}

function generationKey(epochId: string): string {
  return `spotlight:{${epochId}}:bars`;
}

function dayKey(symbol: string, timeframe: Timeframe, date: string): string {
  return `${symbol}:${timeframe}:${date}`;
}

function newGeneration(): string {
  return randomBytes(6).toString('hex');
}

/** Each text is the revision, a bar, and the bar's JSON. */
function parsed(texts: readonly string[]): Bar[] {
  try {
    const json = texts.map((text) => text.slice(text.indexOf('|') + 1)).join(',');
    return barsSchema.safeParse(JSON.parse(`[${json}]`)).data ?? [];
  } catch {
    return []; // Then the database answers.
  }
}
