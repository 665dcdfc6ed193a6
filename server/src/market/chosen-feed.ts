import type { MarketFeed } from './feeds/market-feed.port.js';

/** Injection token of the {@link ChosenFeed}. */
export const CHOSEN_FEED = Symbol('CHOSEN_FEED');

/** The feed this process runs on and why, in words a trader understands. */
export interface ChosenFeed {
  readonly feed: MarketFeed;
  readonly reason: string;
}
