import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { ArchivedEvent, BarArchive } from '../bar-archive.js';
import type { BarLog } from '../bar-log.js';
import type { LogStandby } from '../log-writer.js';
import { LogFollower } from './log-follower.js';
import type { RedisLog } from './redis-log.js';
import type { UnkeptMark } from './unkept-mark.js';

const LOST_HERE = 'bars that had been shown were lost while the database was away';

/** What the keeper works with. */
export interface LogKeeperParts {
  readonly log: BarLog;
  readonly archive: BarArchive;
  readonly clock: Clock;
  /** `null` without Redis: then other instances read the database. */
  readonly redisLog: RedisLog | null;
  readonly unkept: UnkeptMark;
  /** Tells that another leader has a higher fence. */
  readonly onFenced: (fence: number) => void;
}

/**
 * Gives the bar log its part: to write it and hand it on, or to follow it. Between the two nothing is lost, doubled or
 * numbered anew: whoever takes over first reads everything that was kept anywhere, and the one before can no longer write.
 */
export class LogKeeper {
  private readonly logger = new Logger('bar-log');
  private readonly follower: LogFollower;
  private relaying: Subscription | null = null;
  /** Bars shown by this instance that turned out to be on record nowhere. */
  private lostBars = 0;

  constructor(private readonly parts: LogKeeperParts) {
    this.follower = new LogFollower(parts.log, parts.redisLog, parts.clock);
  }

  /** Becomes the writer, with the number of the lease. Rejects when the database is away. */
  async lead(fence: number): Promise<void> {
    const { log, redisLog, unkept, onFenced } = this.parts;
    await this.follower.stop();
    await log.follow();
    await log.catchUp();
    // First nobody else may add to Redis; then what is there and here goes on record.
    if (redisLog !== null) await this.raiseFence(redisLog, fence);
    const hasHole = !(await this.archiveShown(fence));
    if (redisLog !== null && !hasHole) await this.adoptRelayed(redisLog, fence);
    await log.lead(
      {
        fence,
        standby: this.standby(fence),
        onFenced: (unarchived) => {
          this.countLost(unarchived);
          onFenced(fence);
        },
      },
      unkept.isSet || hasHole ? LOST_HERE : null,
    );
    unkept.clear();
    this.relaying = this.relay(fence);
  }

  /** Stops writing at once; resolves when it follows whoever writes now. Rejects when the database is away. */
  async follow(): Promise<void> {
    const { log, unkept } = this.parts;
    this.stopWriting();
    if (this.lostBars > 0) {
      // What was shown here and what is on record differ from here on; a new epoch makes everybody start over.
      await log.beginEpoch(LOST_HERE);
      this.lostBars = 0;
      unkept.clear();
    }
    this.follower.start();
  }

  /** Nothing is published or handed on from the return of this on. */
  stopWriting(): void {
    this.relaying?.unsubscribe();
    this.relaying = null;
    this.countLost(this.parts.log.stopWriting());
  }

  async close(): Promise<void> {
    this.stopWriting();
    await this.follower.stop();
  }

  /** What Redis holds is found there by the next leader. */
  private countLost(unarchived: readonly ArchivedEvent[]): void {
    if (this.parts.redisLog === null) this.lostBars += unarchived.length;
  }

  private standby(fence: number): LogStandby {
    const { log, redisLog, unkept } = this.parts;
    if (redisLog !== null) {
      return {
        keep: (run) => redisLog.append(run, log.epoch.id, fence),
        settled: () => undefined,
      };
    }
    return {
      keep: (run: readonly ArchivedEvent[]) => {
        if (run.length > 0) unkept.set();
        return Promise.resolve(true);
      },
      settled: () => {
        unkept.clear();
      },
    };
  }

  /** Every run that is kept goes to the other instances; what Redis does not take they find in the database. */
  private relay(fence: number): Subscription | null {
    const { log, redisLog } = this.parts;
    if (redisLog === null) return null;
    return log.published$.subscribe((run) => {
      redisLog.append(run, log.epoch.id, fence).catch(() => undefined); // The link has told that Redis is away.
    });
  }

  private async raiseFence(redisLog: RedisLog, fence: number): Promise<void> {
    try {
      await redisLog.raiseFence(fence);
    } catch (thrown) {
      this.logger.warn(`taking over without Redis: ${messageOf(thrown)}`);
    }
  }

  /**
   * Events that this instance has shown as a follower and that the database lacks, because the leader before handed them
   * on through Redis alone, are written into the database. `false` where some of them are no longer held here.
   */
  private async archiveShown(fence: number): Promise<boolean> {
    const { log, archive } = this.parts;
    const { tail } = log;
    const recorded = await archive.headOffset();
    if (recorded >= log.headOffset) return true;
    if (tail.evictedOffset > recorded) return false;
    this.logger.log(
      `bars from offset ${recorded + 1} on were shown without the database; they are written into it`,
    );
    for (let from = tail.positionAfter(recorded); from < tail.end; from += ADOPT_EVENTS) {
      const run: ArchivedEvent[] = [];
      for (let position = from; position < Math.min(from + ADOPT_EVENTS, tail.end); position++) {
        const event = log.archived(tail.eventAt(position));
        if (event === undefined) return false;
        run.push(event);
      }
      // Fenced off: whoever leads by now has done the same.
      if (!(await archive.append(run, fence))) return true;
    }
    return true;
  }

  /** What an earlier leader published through Redis and this instance has not seen yet goes on record and is published. */
  private async adoptRelayed(redisLog: RedisLog, fence: number): Promise<void> {
    const { log, archive } = this.parts;
    for (;;) {
      let relayed;
      try {
        relayed = await redisLog.after(log.headOffset, ADOPT_EVENTS);
      } catch {
        return; // Told already: this instance takes over without Redis.
      }
      const run: ArchivedEvent[] = [];
      for (const one of relayed) {
        const event = log.archived(one);
        const continues = one.offset === log.headOffset + run.length + 1 && one.epochId === log.epoch.id;
        if (!continues || event === undefined) break;
        run.push(event);
      }
      if (run.length > 0) {
        this.logger.log(`${run.length} bars that were published without the database are written into it`);
        if (!(await archive.append(run, fence))) return;
        log.take(run);
      }
      // What does not continue the record is of another history of it, and would only be in the way.
      if (run.length < relayed.length) await redisLog.clear();
      if (run.length < ADOPT_EVENTS) return;
    }
  }
}

/** Events of an earlier leader written at a time. */
const ADOPT_EVENTS = 1_000;
