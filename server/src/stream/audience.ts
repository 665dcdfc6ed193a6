import type { ReadableMarket } from '../market/index.js';
import type { StreamConnection } from './stream-connection.js';
import { TopicGroup, type GroupTopics } from './topic-group.js';

/** Everybody who reads the stream, by what they want and by whether they have been sent everything. */
export class Audience {
  private readonly byKey = new Map<string, TopicGroup>();
  /** Clients that did not take everything yet, with the group they will join again. */
  readonly behind = new Map<StreamConnection, TopicGroup>();

  /** @param market is asked for forming bars and tapes while somebody wants them */
  constructor(private readonly market: Pick<ReadableMarket, 'demandMicrobars' | 'demandTape'>) {}

  get groups(): Iterable<TopicGroup> {
    return this.byKey.values();
  }

  /** How many different sets of topics are read. */
  get topicCount(): number {
    return this.byKey.size;
  }

  /** The group of all who want the same, with one member more. */
  enter(topics: GroupTopics): TopicGroup {
    const key = TopicGroup.keyOf(topics);
    let group = this.byKey.get(key);
    if (group === undefined) {
      const ends = [
        ...[...topics.timeframes].map((timeframe) => this.market.demandMicrobars(timeframe)),
        ...[...topics.tape].map((symbol) => this.market.demandTape(symbol)),
      ];
      group = new TopicGroup(key, topics, () => {
        for (const end of ends) end();
      });
      this.byKey.set(key, group);
    }
    group.enter();
    return group;
  }

  leave(connection: StreamConnection, group: TopicGroup): void {
    this.behind.delete(connection);
    group.live.delete(connection);
    if (group.leave() === 0) this.byKey.delete(group.key);
  }

  fallBehind(connection: StreamConnection, group: TopicGroup): void {
    group.live.delete(connection);
    this.behind.set(connection, group);
  }

  goLive(connection: StreamConnection, group: TopicGroup): void {
    this.behind.delete(connection);
    group.live.add(connection);
  }

  /** All of them. Who leaves meanwhile may still be among them. */
  *connections(): Generator<StreamConnection> {
    for (const group of this.groups) yield* [...group.live];
    yield* [...this.behind.keys()];
  }
}
