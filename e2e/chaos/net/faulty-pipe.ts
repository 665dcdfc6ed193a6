import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How what is carried is spoiled; nothing set, nothing is. */
export interface Toxics {
  readonly latencyMs?: number;
  /** Up to so much more, chance by chance. */
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Passed on in pieces of 1 to this many bytes. */
  readonly sliceBytes?: number;
  /** Nothing is passed on until it is healed; connections stay open. */
  readonly isStalled?: boolean;
}

/** What a proxy has done to its connections so far; a fault shows by these that it happened. */
export interface ProxyCounters {
  connections: number;
  resets: number;
  refused: number;
  frozen: number;
  /** Bytes that came for a frozen connection and went nowhere. */
  swallowedBytes: number;
  slices: number;
  delayedChunks: number;
  stalledChunks: number;
  corrupted: number;
}

interface PipeContext {
  readonly toxics: () => Toxics;
  readonly random: () => number;
  readonly counters: ProxyCounters;
  /** Resets the whole connection. */
  readonly reset: () => void;
}

/** Bytes one direction of a connection may have waiting before its sender is made to wait. */
const MOST_WAITING_BYTES = 1 << 20;

/** One direction of a proxied connection. */
export class FaultyPipe {
  private readonly waiting: { bytes: Buffer; dueMs: number }[] = [];
  private waitingBytes = 0;
  private isPumping = false;
  private isFrozen = false;
  private isOver = false;
  private hasEnded = false;
  private cutIn = Infinity;
  private corruptIn = Infinity;
  private idleListener: (() => void) | null = null;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly context: PipeContext,
  ) {
    from.on('data', (bytes) => {
      this.take(bytes);
    });
    from.on('end', () => {
      this.hasEnded = true;
      void this.pump();
    });
  }

  get isIdle(): boolean {
    return this.waiting.length === 0 && !this.isPumping;
  }

  /** Calls back once everything that waits has been passed on. */
  onIdle(listener: () => void): void {
    this.idleListener = listener;
  }

  /** Looks again at how to spoil. */
  wake(): void {
    void this.pump();
  }

  /** From now on whatever comes goes nowhere, and an end is not passed on. */
  freeze(): void {
    this.isFrozen = true;
    for (const { bytes } of this.waiting.splice(0)) this.context.counters.swallowedBytes += bytes.length;
  }

  /** Resets the connection when so many more bytes have been passed on; what was said before holds. */
  cutAfter(bytes: number): void {
    if (this.cutIn === Infinity) this.cutIn = bytes;
  }

  /** Overwrites some bytes after so many more, then resets the connection; what was said before holds. */
  corruptAfter(bytes: number): void {
    if (this.corruptIn === Infinity) this.corruptIn = bytes;
  }

  stop(): void {
    this.isOver = true;
    this.waiting.length = 0;
  }

  private take(bytes: Buffer): void {
    if (this.isOver) return;
    if (this.isFrozen) {
      this.context.counters.swallowedBytes += bytes.length;
      return;
    }
    const { latencyMs = 0, jitterMs = 0 } = this.context.toxics();
    const lateMs = latencyMs + this.context.random() * jitterMs;
    if (lateMs > 0) this.context.counters.delayedChunks++;
    this.waiting.push({ bytes, dueMs: performance.now() + lateMs });
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > MOST_WAITING_BYTES) this.from.pause();
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    for (let head = this.waiting[0]; head !== undefined && !this.isOver; head = this.waiting[0]) {
      const { isStalled = false } = this.context.toxics();
      if (isStalled) {
        this.context.counters.stalledChunks++;
        break;
      }
      const earlyMs = head.dueMs - performance.now();
      if (earlyMs > 0) {
        await delay(earlyMs);
        continue;
      }
      this.waiting.shift();
      this.waitingBytes -= head.bytes.length;
      if (this.waitingBytes <= MOST_WAITING_BYTES && this.from.isPaused()) this.from.resume();
      await this.pass(head.bytes);
    }
    this.isPumping = false;
    if (this.isOver || this.isFrozen || this.waiting.length > 0) return;
    if (this.hasEnded) this.to.end();
    this.idleListener?.();
  }

  private async pass(bytes: Buffer): Promise<void> {
    const { random, counters, toxics } = this.context;
    for (let at = 0; at < bytes.length && !this.isOver && !this.isFrozen;) {
      const { sliceBytes, bytesPerSecond } = toxics();
      const most = sliceBytes === undefined ? bytes.length : 1 + Math.floor(random() * sliceBytes);
      const length = Math.min(most, bytes.length - at, this.cutIn, this.corruptIn);
      const piece = bytes.subarray(at, at + length);
      at += length;
      this.cutIn -= length;
      this.corruptIn -= length;
      await this.write(piece);
      if (sliceBytes !== undefined) {
        counters.slices++;
        // Its own turn of the event loop, else the kernel would join the pieces again.
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (bytesPerSecond !== undefined) await delay((length / bytesPerSecond) * 1_000);
      if (this.corruptIn === 0) {
        counters.corrupted++;
        // No byte of UTF-8, of a chunk's length or of any protocol spoken here.
        await this.write(Buffer.alloc(Math.min(64, bytes.length - at + 1), 0xff));
        this.cutIn = 0;
      }
      if (this.cutIn === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        this.context.reset();
        return;
      }
    }
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.to.destroyed || this.to.writableEnded) return;
    if (this.to.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.to.off('drain', go).off('close', go);
        resolve();
      };
      this.to.on('drain', go).on('close', go);
    });
  }
}
