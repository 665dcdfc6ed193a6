import { Logger } from '@nestjs/common';
import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import type { ArchivedEvent, BarArchive } from './bar-archive.js';

/** Most bars written by one statement: bounds its memory and how long the first of them waits for the last. */
const WRITE_BATCH = 2_000;
/** Bars that may wait to be written before feeds that can wait are asked to. */
const WRITE_QUEUE_SOFT_CAP = 8_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** Bars that were published without the database and wait for its return; beyond this nothing more is published. */
const UNARCHIVED_CAP = 100_000;

/**
 * Where finalized bars are kept while the database is away, so that they can be shown all the same. What it took has to
 * be there, or its loss has to be noticed, when the process is gone before the database is back.
 */
export interface LogStandby {
  /** Takes a run. `false` when another leader has taken over. Rejects when it cannot take it. */
  keep(run: readonly ArchivedEvent[]): Promise<boolean>;
  /** The database has everything again. */
  settled(): void;
}

/** What happens to bars, as far as a writer decides it. */
export interface LogWriterOptions {
  readonly archive: BarArchive;
  readonly clock: Clock;
  /** Checked by the database with every write; `null` where nobody else can write. */
  readonly fence: number | null;
  readonly standby: LogStandby | null;
  /** Bars that may be published without being in the database. Default {@link UNARCHIVED_CAP}. */
  readonly unarchivedCap?: number;
  /** Called with each run once it is kept, in order. */
  readonly publish: (run: readonly ArchivedEvent[]) => void;
  /**
   * Called once, when another leader turned out to have taken over; nothing is published after it. Gets what was
   * published and is not in the database.
   */
  readonly onFenced: (unarchived: readonly ArchivedEvent[]) => void;
}

/**
 * Brings finalized bars into the database in the order they came, many to a statement, and publishes what is kept (ADR
 * 0001). While the database is away it goes on with the standby, within a bound, and catches up afterwards.
 */
export class LogWriter {
  private readonly logger = new Logger('bar-log');
  private readonly queue: ArchivedEvent[] = [];
  /** Published, and kept by the standby alone. */
  private readonly unarchived: ArchivedEvent[] = [];
  private writing: Promise<void> = Promise.resolve();
  private archiving: Promise<void> = Promise.resolve();
  private isWriting = false;
  private isClosed = false;
  private drainWaiters: (() => void)[] = [];
  private readonly waits = new Set<() => void>();
  private isKeepingAside = false;
  private failures = 0;

  constructor(private readonly options: LogWriterOptions) {}

  get queuedBars(): number {
    return this.queue.length;
  }

  get unarchivedBars(): number {
    return this.unarchived.length;
  }

  get failedWrites(): number {
    return this.failures;
  }

  /** Takes an event. It is published once it is kept. */
  write(event: ArchivedEvent): void {
    this.queue.push(event);
    if (this.isWriting || this.isOver()) return;
    this.isWriting = true;
    // A microtask later, so that all bars one batch of trades closed go into one statement.
    this.writing = Promise.resolve().then(() => this.writeQueue());
  }

  /** Resolves when the queue is short enough to write more. */
  async writable(): Promise<void> {
    if (this.queue.length < WRITE_QUEUE_SOFT_CAP || this.isOver()) return;
    await new Promise<void>((resolve) => this.drainWaiters.push(resolve));
  }

  /** Resolves when everything written so far is published. */
  async published(): Promise<void> {
    while (this.isWriting) await this.writing;
  }

  /** Resolves when everything written so far is published and in the database. */
  async flushed(): Promise<void> {
    while (this.isWriting || this.unarchived.length > 0) {
      await this.writing;
      await this.archiving;
    }
  }

  /** Publishes nothing from now on. Returns what was published and is not in the database. */
  close(): readonly ArchivedEvent[] {
    this.isClosed = true;
    this.queue.length = 0;
    for (const end of [...this.waits]) end();
    this.wakeWaiters();
    return this.unarchived.splice(0);
  }

  private async writeQueue(): Promise<void> {
    while (this.queue.length > 0 && !this.isOver()) {
      const run = this.queue.slice(0, WRITE_BATCH);
      const isKept = await this.keep(run);
      // Closed meanwhile: the run belongs to whoever leads now.
      if (this.isOver()) break;
      if (!isKept) {
        this.fencedOff();
        break;
      }
      this.queue.splice(0, run.length);
      this.options.publish(run);
      if (this.queue.length < WRITE_QUEUE_SOFT_CAP) this.wakeWaiters();
    }
    this.isWriting = false;
  }

  /** Tries until the run is kept somewhere: a bar that is not kept is not shown, because it could be contradicted later. */
  private async keep(run: readonly ArchivedEvent[]): Promise<boolean> {
    for (let delayMs = FIRST_RETRY_MS; !this.isOver(); delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      // Order: what the standby has goes into the database first.
      if (this.unarchived.length === 0) {
        const held = await this.archive(run, delayMs);
        if (held === false || held === run.length) return held !== false;
        if (this.isOver()) return false;
      }
      const kept = await this.keepAside(run);
      if (kept !== null) return kept;
      await this.wait(delayMs);
    }
    return false;
  }

  /** How much of the run the database has now, from its start; `false` when this writer is fenced off. */
  private async archive(run: readonly ArchivedEvent[], retryMs: number): Promise<number | false> {
    const { archive, fence } = this.options;
    try {
      return (await archive.append(run, fence)) && run.length;
    } catch (thrown) {
      this.failures++;
      this.logger.error(
        `${run.length} bars could not be written, next try in ${retryMs} ms: ${messageOf(thrown)}`,
      );
    }
    // An answer may be lost after the commit, or given up before it: then some of the run is there although writing failed.
    return archive.heldPrefix(run).catch(() => 0);
  }

  private async keepAside(run: readonly ArchivedEvent[]): Promise<boolean | null> {
    const { standby, unarchivedCap = UNARCHIVED_CAP } = this.options;
    if (standby === null || this.unarchived.length + run.length > unarchivedCap) return null;
    let isKept: boolean;
    this.isKeepingAside = true;
    try {
      isKept = await standby.keep(run);
    } catch (thrown) {
      this.logger.error(
        `${run.length} bars wait, neither the database nor its standby took them: ${messageOf(thrown)}`,
      );
      return null;
    } finally {
      this.isKeepingAside = false;
    }
    if (!isKept) return false;
    this.unarchived.push(...run);
    if (this.unarchived.length === run.length) this.archiving = this.archiveLater();
    return true;
  }

  /** Writes what the standby has into the database once it is back. */
  private async archiveLater(): Promise<void> {
    this.logger.warn('the database is away: bars are shown and kept aside until it is back');
    for (let delayMs = FIRST_RETRY_MS; !this.isOver();) {
      await this.wait(delayMs);
      const run = this.unarchived.slice(0, WRITE_BATCH);
      if (this.isOver()) return;
      const held = await this.archive(run, delayMs);
      if (this.isOver()) return;
      if (held === false) {
        this.fencedOff();
        return;
      }
      this.unarchived.splice(0, held);
      delayMs = held === 0 ? Math.min(Math.max(delayMs, FIRST_RETRY_MS) * 2, LONGEST_RETRY_MS) : 0;
      if (this.unarchived.length > 0) continue;
      this.logger.log('the database is back and has every bar');
      // With more on its way to the standby it is not over; that starts its own way back.
      if (!this.isKeepingAside) this.options.standby?.settled();
      return;
    }
  }

  private async wait(delayMs: number): Promise<void> {
    if (delayMs === 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        this.waits.delete(end);
        resolve();
      };
      const cancel = this.options.clock.after(delayMs, end);
      this.waits.add(end);
    });
  }

  /** A question, not a field: it changes during every wait. */
  private isOver(): boolean {
    return this.isClosed;
  }

  private fencedOff(): void {
    this.options.onFenced(this.close());
  }

  private wakeWaiters(): void {
    const waiters = this.drainWaiters;
    this.drainWaiters = [];
    for (const wake of waiters) wake();
  }
}
