import type { Timeframe } from '@libs/bars';
import type { Redis } from 'ioredis';
import { Subject, type Observable } from 'rxjs';
import type { CancelTimer, Clock } from '../../common/clock.js';
import type { RedisLink } from '../../persistence/index.js';
import {
  liveDemandSchema,
  liveMessageSchema,
  MOST_TAPES,
  type LiveDemand,
  type LiveMessage,
} from './live-message.js';

/** How often an instance that follows says what its clients look at, and how long that is believed. */
const DEMAND_PERIOD_MS = 2_000;
const DEMAND_LIFE_MS = 6_000;

/**
 * What is not in the bar log on its way from the leader to the other instances: forming bars, newest trades, the state of
 * the feed. Lossy by nature, so plain Redis publish and subscribe; finalized bars never depend on it.
 */
export class LiveRelay {
  private readonly liveChannel: string;
  private readonly demandChannel: string;
  private readonly subscriber: Redis;
  private readonly messages = new Subject<LiveMessage>();
  /** Until when other instances want a timeframe, and the tape of a symbol. */
  private readonly demandedUntilMs = {
    timeframes: new Map<Timeframe, number>(),
    tape: new Map<string, number>(),
  };
  private readonly cancelTimers: CancelTimer[] = [];
  private newestFence = 0;

  constructor(
    private readonly link: RedisLink,
    private readonly clock: Clock,
    clusterId: string,
  ) {
    this.liveChannel = `spotlight:{${clusterId}}:live`;
    this.demandChannel = `spotlight:{${clusterId}}:demand`;
    this.subscriber = link.separate();
    this.subscriber.on('ready', () => {
      this.subscriber.subscribe(this.liveChannel, this.demandChannel).catch(() => undefined); // Tried again when it is back.
    });
    this.subscriber.on('message', (channel, text) => {
      this.take(channel, text);
    });
  }

  /** What the leader tells; messages of an earlier leader are left out. */
  get live$(): Observable<LiveMessage> {
    return this.messages;
  }

  /** Timeframes the clients of other instances watch. */
  get demanded(): Timeframe[] {
    return this.stillWanted(this.demandedUntilMs.timeframes);
  }

  /** Symbols whose tape the clients of other instances look at. */
  get demandedTape(): string[] {
    return this.stillWanted(this.demandedUntilMs.tape);
  }

  /** Tells the others. Lost when Redis is away. */
  tell(message: LiveMessage): void {
    this.link.run((redis) => redis.publish(this.liveChannel, JSON.stringify(message))).catch(() => undefined);
  }

  /** Says every now and then what this instance's clients look at. */
  demandWhile(demand: () => LiveDemand): void {
    const say = (): void => {
      const { timeframes, tape } = demand();
      const wanted = JSON.stringify({ timeframes, tape: tape.slice(0, MOST_TAPES) } satisfies LiveDemand);
      this.link.run((redis) => redis.publish(this.demandChannel, wanted)).catch(() => undefined);
    };
    this.cancelTimers.push(this.clock.every(DEMAND_PERIOD_MS, say));
  }

  close(): void {
    for (const cancel of this.cancelTimers) cancel();
  }

  private take(channel: string, text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return; // Not ours.
    }
    if (channel === this.demandChannel) {
      const demand = liveDemandSchema.safeParse(message);
      if (demand.success) this.believe(demand.data);
      return;
    }
    const live = liveMessageSchema.safeParse(message);
    if (!live.success || live.data.fence < this.newestFence) return;
    this.newestFence = live.data.fence;
    this.messages.next(live.data);
  }

  private believe({ timeframes, tape }: LiveDemand): void {
    const untilMs = this.clock.nowMs() + DEMAND_LIFE_MS;
    const wanted = this.demandedUntilMs;
    for (const timeframe of timeframes) wanted.timeframes.set(timeframe, untilMs);
    for (const symbol of tape)
      if (wanted.tape.has(symbol) || wanted.tape.size < MOST_TAPES) wanted.tape.set(symbol, untilMs);
  }

  private stillWanted<Key>(wanted: Map<Key, number>): Key[] {
    const nowMs = this.clock.nowMs();
    for (const [key, untilMs] of wanted) if (untilMs <= nowMs) wanted.delete(key);
    return [...wanted.keys()];
  }
}
