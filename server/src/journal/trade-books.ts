import { Injectable } from '@nestjs/common';
import { OneByOne, QueueFullError } from '../common/one-by-one.js';
import { ProblemException } from '../common/problem.exception.js';
import { roundTrips, type Fill, type Trade } from '@libs/journal';
import { FillStore } from './fill-store.js';
import { EntrySignals } from './entry-signals.js';
import { TradeStore, type StaleBook } from './trade-store.js';

/** Requests that may wait until trades are made anew. */
const MOST_WAITING = 50;
const RETRY_S = 5;

/**
 * Keeps trades true to the fills. Fills that are written mark their books; whoever reads trades has the marked books made
 * anew first, so that a crash in between costs nothing.
 */
@Injectable()
export class TradeBooks {
  private readonly turns = new OneByOne(MOST_WAITING);

  constructor(
    private readonly fills: FillStore,
    private readonly trades: TradeStore,
    private readonly signals: EntrySignals,
  ) {}

  /** Resolves once the owner's trades follow from all fills on record. 503 where too many wait for it. */
  async bringUpToDate(ownerId: number): Promise<void> {
    if ((await this.trades.staleBooks(ownerId)).length === 0) return;
    try {
      await this.turns.run(async () => {
        for (const book of await this.trades.staleBooks(ownerId)) await this.rebuild(ownerId, book);
      });
    } catch (thrown) {
      if (!(thrown instanceof QueueFullError)) throw thrown;
      const detail = 'The trades are being made anew and too many wait for them. Try again in a moment.';
      throw new ProblemException({ status: 503, detail, retryAfterS: RETRY_S });
    }
  }

  private async rebuild(ownerId: number, book: StaleBook): Promise<void> {
    const fills: Fill[] = [];
    for await (const page of this.fills.pages(ownerId, book.bookKey))
      for (const fill of page) fills.push(fill);
    const trades = roundTrips(fills, 'position');
    const signals = await this.signals.atEntries(ownerId, trades);
    await this.trades.replace(
      ownerId,
      book,
      trades.map((trade: Trade, place) => ({ trade, signals: signals[place] ?? [] })),
    );
  }
}
