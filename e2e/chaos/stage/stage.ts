import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../kit/eventually.js';
import type { Lan } from '../../kit/lan.js';
import type { RunningPostgres } from '../../kit/postgres.js';
import type { RunningRedis } from '../../kit/redis.js';
import type { Settings } from '../../kit/start-app.js';
import { makeTempDir } from '../../kit/temp-dir.js';
import { mulberry32 } from '../../kit/trade-files.js';
import type { Interval } from '../checker/recorded-run.js';
import { seriesText } from '../log/log-entry.js';
import type { ChaosReader } from '../readers/reader.js';
import { makeTape, type Tape } from '../tape/tape.js';
import { makeSmallDisk, type SmallDisk } from '../../kit/small-disk.js';
import { DeskInstance } from './desk-instance.js';
import { seatReaders } from './seat-readers.js';
import { STAGE, type StageOptions } from './stage-options.js';

const MINUTE_MS = 60_000;

/** Servers that several stages use one after the other. */
export interface SharedServers {
  readonly postgres: RunningPostgres | null;
  readonly redis: RunningRedis | null;
  /** Set: each instance is a host of its own on this network. Readers and PostgreSQL are on this machine. */
  readonly lan?: Lan;
}

/** The account the desk uses: not the server's own, which no limit holds for. */
export const DESK_ACCOUNT = 'desk';

/** A desk of one or several instances, what it leans on, its readers, and notes of what was done to it. */
export class Stage {
  readonly feedDown: Interval[] = [];
  readonly corrupted: Interval[] = [];

  private constructor(
    readonly options: StageOptions,
    readonly tape: Tape,
    readonly instances: readonly DeskInstance[],
    readonly readers: readonly ChaosReader[],
    readonly postgres: RunningPostgres | null,
    readonly redis: RunningRedis | null,
    /** Where instances have hosts of their own; `null`: everything is on this machine. */
    readonly lan: Lan | null,
    readonly disk: SmallDisk | string,
    /** Database of this stage, as its owner and as the server's own account name it; `null` for the embedded one. */
    readonly database: { readonly name: string; readonly adminUrl: string; readonly deskUrl: string } | null,
  ) {}

  /** Starts everything and waits until all readers are connected. */
  static async set(options: StageOptions, shared: SharedServers): Promise<Stage> {
    const { profile, seed, minutes, speed } = options;
    const { symbols, graceMs } = STAGE;
    const random = mulberry32(seed ^ 0x5eed);
    const tape = await makeTape({ folder: await makeTempDir('tape'), seed, symbols, minutes, graceMs });
    const postgres = profile === 'embedded' ? null : shared.postgres;
    const redis = profile === 'cluster' ? shared.redis : null;
    const disk = profile === 'embedded' ? await makeSmallDisk() : 'the database is not in DATA_DIR';
    const database = postgres === null ? null : await makeDatabase(postgres, `chaos_${seed}`);
    const lan = shared.lan ?? null;
    const instances: DeskInstance[] = [];
    for (let index = 0; index < (profile === 'cluster' ? STAGE.instances : 1); index++) {
      const instance = await DeskInstance.set({
        name: `instance ${index + 1}`,
        settings: settingsFor(tape, speed),
        random,
        hasOwnClock: index === 0 && lan === null,
        lan,
        ...(postgres && database
          ? {
              postgres: {
                port: postgres.port,
                urlAt: (at) => postgres.urlOf(database.name, DESK_ACCOUNT, at),
              },
            }
          : {}),
        redis,
        ...(typeof disk === 'string' ? {} : { dataDir: disk.folder }),
      });
      instances.push(instance);
      await instance.app.start();
    }
    const readers = seatReaders(options, () => instances.map(({ front }) => front.port));
    const hasBeenOpen = ({ log }: ChaosReader): boolean =>
      log.entries.some(({ kind }) => kind === 'bootstrap');
    await eventually(() => readers.every(hasBeenOpen), { what: 'all readers to have been connected' });
    return new Stage(options, tape, instances, readers, postgres, redis, lan, disk, database);
  }

  /** The instance that holds the feed, `null` while none says so. */
  async leader(): Promise<DeskInstance | null> {
    if (this.instances.length === 1) return this.instances[0] ?? null;
    const claims = await Promise.all(this.instances.map((instance) => instance.isLeader()));
    return this.instances[claims.indexOf(true)] ?? null;
  }

  /**
   * Waits until every reader has had a finalized bar after `sinceMs` (monotonic). Gives how long each of them waited for
   * it; throws when one of them has none in time.
   */
  async untilBarsFlow(sinceMs: number, timeoutMs: number): Promise<number[]> {
    const first = new Map<ChaosReader, number>();
    const deadlineMs = performance.now() + timeoutMs;
    while (first.size < this.readers.length) {
      for (const reader of this.readers) {
        if (reader.lastBarAtMs > sinceMs && !first.has(reader))
          first.set(reader, reader.lastBarAtMs - sinceMs);
      }
      if (performance.now() > deadlineMs) {
        const silent = this.readers.filter((reader) => !first.has(reader));
        throw new Error(`no bar within ${timeoutMs} ms for ${silent.map(lastWords).join('; ')}`);
      }
      await delay(5);
    }
    return [...first.values()];
  }

  /** Waits until no instance holds bars that were shown and are not on record yet: until then a fault is not over. */
  async untilKept(timeoutMs: number): Promise<void> {
    const isKept = async ({ app }: DeskInstance): Promise<boolean> => {
      const { log } = await app.json<{ log: { unarchivedBars?: number } }>('/api/diag');
      return (log.unarchivedBars ?? 0) === 0;
    };
    const areKept = async (): Promise<boolean> =>
      (await Promise.all(this.instances.map(isKept))).every(Boolean);
    await eventually(areKept, { what: 'every bar to be on record', timeoutMs });
  }

  /** How long the tape still lasts at the pace it is played, as the reader that is furthest on sees it. */
  tapeLeftMs(): number {
    const name = { symbol: STAGE.symbols[0], timeframe: '1m' as const };
    const lastSeq = this.tape.reference.get(seriesText(name))?.at(-1)?.seq ?? 0;
    const reached = this.readers.map(
      (reader) => reader.barsOf(name).at(-1)?.seq ?? lastSeq - this.options.minutes,
    );
    return ((lastSeq - Math.max(...reached)) * MINUTE_MS) / this.options.speed;
  }

  /** Stops readers and processes. */
  async close(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.stop()));
    await Promise.all(this.instances.map((instance) => instance.close()));
    if (typeof this.disk !== 'string') await this.disk.close();
  }
}

/** What a reader noted last, for people. */
function lastWords({ log }: ChaosReader): string {
  const nowMs = performance.now();
  const words = log.entries.slice(-4).map(({ kind, atMs }) => `${kind} ${Math.round(nowMs - atMs)} ms ago`);
  return `${log.reader} (${words.join(', ')})`;
}

function settingsFor({ files }: Tape, speed: number): Settings {
  return {
    FEED: 'file',
    FEED_FILES: files.join(','),
    FEED_SPEED: String(speed),
    BAR_GRACE_MS: String(STAGE.graceMs),
    SSE_HEARTBEAT_MS: String(STAGE.heartbeatMs),
    STREAM_LOG_CAP: String(STAGE.streamLogCap),
    LOG_LEVEL: 'warn',
  };
}

async function makeDatabase(postgres: RunningPostgres, name: string): Promise<Stage['database']> {
  const admin = postgres.urlOf('postgres');
  await postgres.query(
    admin,
    `DO $$ BEGIN CREATE ROLE ${DESK_ACCOUNT} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
  );
  await postgres.query(admin, `CREATE DATABASE ${name} OWNER ${DESK_ACCOUNT}`);
  return { name, adminUrl: postgres.urlOf(name), deskUrl: postgres.urlOf(name, DESK_ACCOUNT) };
}
