import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MOST_WATCHLISTS, type Watchlist, type WatchlistChange, type WatchlistDraft } from '@libs/contract';
import { randomUUID } from 'node:crypto';
import { messageOf } from '../common/errors.js';
import { ProblemException } from '../common/problem.exception.js';
import { SymbolDesk } from '../market/index.js';
import { WatchlistStore } from './watchlist-store.js';

/** What ids look like; anything else is nobody's, and no question for the database. */
const ID = /^[0-9a-f-]{36}$/;

/**
 * Lists of symbols that their owner wants followed whether or not anybody looks. A symbol is checked when it is put on a
 * list, not when the list is read: what another feed offered may stay on it.
 */
@Injectable()
export class WatchlistsService implements OnApplicationBootstrap {
  private readonly logger = new Logger('watchlists');

  constructor(
    private readonly store: WatchlistStore,
    private readonly symbols: SymbolDesk,
  ) {}

  /** A crash between a change of a list and what follows from it is made good. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      for (const { id, symbols } of await this.store.everything())
        await this.symbols.keep('watchlist', id, symbols);
    } catch (thrown) {
      this.logger.warn(`symbols of watchlists are not followed yet: ${messageOf(thrown)}`);
    }
  }

  list(ownerId: number): Promise<Watchlist[]> {
    return this.store.list(ownerId);
  }

  async get(ownerId: number, id: string): Promise<Watchlist> {
    return (ID.test(id) ? await this.store.get(ownerId, id) : undefined) ?? notThere();
  }

  async create(ownerId: number, draft: WatchlistDraft): Promise<Watchlist> {
    if ((await this.store.list(ownerId)).length >= MOST_WATCHLISTS) {
      throw new ProblemException({
        status: 409,
        detail: `There are ${MOST_WATCHLISTS} watchlists; delete one first.`,
      });
    }
    await this.symbols.requireForGood(draft.symbols, 'symbols');
    const made = await this.store.add(ownerId, randomUUID(), draft);
    await this.symbols.keep('watchlist', made.id, made.symbols);
    return made;
  }

  async change(ownerId: number, id: string, change: WatchlistChange): Promise<Watchlist> {
    const before = await this.get(ownerId, id);
    const added = change.symbols.filter((symbol) => !before.symbols.includes(symbol));
    await this.symbols.requireForGood(added, 'symbols');
    const changed = await this.store.change(ownerId, { ...change, id });
    if (changed === null) {
      throw new ProblemException({
        status: 409,
        detail: `Version ${change.version} is not the newest any more; read the list again.`,
      });
    }
    await this.symbols.keep('watchlist', id, changed.symbols);
    return changed;
  }

  async remove(ownerId: number, id: string): Promise<void> {
    if (!ID.test(id) || !(await this.store.remove(ownerId, id))) notThere();
    await this.symbols.keep('watchlist', id, []);
  }
}

function notThere(): never {
  throw new ProblemException({ status: 404, detail: 'There is no such watchlist.' });
}
