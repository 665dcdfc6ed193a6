import type { Leadership } from './leadership.js';
import type { LiveRelay } from './live-relay.js';
import type { LogKeeper } from './log-keeper.js';

/** What an instance shares with the others on the same database, or would, were there any. */
export class SharedMarket {
  constructor(
    readonly leadership: Leadership,
    readonly keeper: LogKeeper,
    /** `null` without Redis. */
    readonly relay: LiveRelay | null,
  ) {}

  /** Hands the feed to whoever comes next and stops following. */
  async leave(): Promise<void> {
    this.keeper.stopWriting();
    await this.leadership.stop();
    await this.keeper.close();
    this.relay?.close();
  }
}
