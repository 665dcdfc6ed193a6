import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import type { Trade } from '@libs/journal';
import { DataSource, type EntityManager } from 'typeorm';
import { keyOf } from './journal-key.js';

/** A rule that had signalled when a trade was entered. */
export interface EntrySignal {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly ruleName: string;
  readonly barStartMs: EpochMs;
  readonly explanation: string;
}

/** A round trip and the signals at its entry. */
export interface StoredTrade {
  readonly key: string;
  readonly trade: Trade;
  readonly signals: readonly EntrySignal[];
}

/** Which trades are wanted, newest opening first. Times are of the opening, or of the closing where `by` says so. */
export interface TradeQuery {
  readonly by: 'opening' | 'closing';
  readonly fromMs?: EpochMs | undefined;
  /** Exclusive. */
  readonly toMs?: EpochMs | undefined;
  readonly symbol?: string | undefined;
  readonly currency?: string | undefined;
  readonly limit: number;
}

/** A book whose trades are older than its fills. */
export interface StaleBook {
  readonly bookKey: string;
  readonly revision: number;
}

interface TradeRow {
  trade_key: string;
  body: Trade;
  signals: EntrySignal[];
}

/** Rows written in one statement. */
const WRITE_PAGE = 1_000;
/** Rows read in one statement. */
const READ_PAGE = 2_000;

/** Trades by owner, as they follow from the fills of each book. */
@Injectable()
export class TradeStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Books whose trades are to be made anew. */
  async staleBooks(ownerId: number): Promise<StaleBook[]> {
    const rows = await this.db.query<{ book_key: string; revision: number }[]>(
      'SELECT book_key, revision FROM journal_book WHERE owner_id = $1 AND built <> revision ORDER BY book_key',
      [ownerId],
    );
    return rows.map(({ book_key, revision }) => ({ bookKey: book_key, revision }));
  }

  /** Puts trades in place of all a book had, as of a revision of it: all or nothing. */
  async replace(
    ownerId: number,
    { bookKey, revision }: StaleBook,
    trades: readonly Omit<StoredTrade, 'key'>[],
  ): Promise<void> {
    await this.dataSource.transaction(async (db) => {
      await db.query('SELECT 1 FROM journal_book WHERE owner_id = $1 AND book_key = $2 FOR UPDATE', [
        ownerId,
        bookKey,
      ]);
      await db.query('DELETE FROM journal_trade WHERE owner_id = $1 AND book_key = $2', [ownerId, bookKey]);
      for (let from = 0; from < trades.length; from += WRITE_PAGE) {
        await write(db, ownerId, bookKey, trades.slice(from, from + WRITE_PAGE));
      }
      await db.query('UPDATE journal_book SET built = $3 WHERE owner_id = $1 AND book_key = $2', [
        ownerId,
        bookKey,
        revision,
      ]);
    });
  }

  /** Trades, newest first. */
  async find(ownerId: number, query: TradeQuery): Promise<StoredTrade[]> {
    const { by, fromMs, toMs, symbol, currency, limit } = query;
    const column = by === 'opening' ? 'opened_at_ms' : 'closed_at_ms';
    const rows = await this.db.query<TradeRow[]>(
      `SELECT trade_key, body, signals FROM journal_trade
       WHERE owner_id = $1 AND ${column} >= $2 AND ${column} < $3
         AND ($4::text IS NULL OR symbol = $4) AND ($5::text IS NULL OR currency = $5)
       ORDER BY ${column} DESC, trade_key LIMIT $6`,
      [ownerId, fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER, symbol ?? null, currency ?? null, limit],
    );
    return rows.map(toStored);
  }

  /** Trades that were held at any moment of a stretch, in the order they were opened. */
  async heldWithin(ownerId: number, fromMs: EpochMs, toMs: EpochMs, limit: number): Promise<StoredTrade[]> {
    const rows = await this.db.query<TradeRow[]>(
      `SELECT trade_key, body, signals FROM journal_trade
       WHERE owner_id = $1 AND opened_at_ms < $3 AND (closed_at_ms >= $2 OR closed_at_ms IS NULL)
       ORDER BY opened_at_ms, trade_key LIMIT $4`,
      [ownerId, fromMs, toMs, limit],
    );
    return rows.map(toStored);
  }

  async get(ownerId: number, key: string): Promise<StoredTrade | undefined> {
    const rows = await this.db.query<TradeRow[]>(
      'SELECT trade_key, body, signals FROM journal_trade WHERE owner_id = $1 AND trade_key = $2',
      [ownerId, key],
    );
    return rows.map(toStored)[0];
  }

  /** Closed trades of a currency, a page at a time, by key. */
  async *closedPages(
    ownerId: number,
    { fromMs, toMs, currency }: Pick<TradeQuery, 'fromMs' | 'toMs'> & { currency: string },
  ): AsyncGenerator<StoredTrade[]> {
    for (let after = ''; ;) {
      const rows = await this.db.query<TradeRow[]>(
        `SELECT trade_key, body, signals FROM journal_trade
         WHERE owner_id = $1 AND closed_at_ms >= $2 AND closed_at_ms < $3 AND currency = $4 AND trade_key > $5
         ORDER BY trade_key LIMIT $6`,
        [ownerId, fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER, currency, after, READ_PAGE],
      );
      yield rows.map(toStored);
      const last = rows.at(-1);
      if (last === undefined || rows.length < READ_PAGE) return;
      after = last.trade_key;
    }
  }

  /** Currencies of the owner's trades, the most traded first. */
  async currencies(ownerId: number): Promise<string[]> {
    const rows = await this.db.query<{ currency: string }[]>(
      'SELECT currency FROM journal_trade WHERE owner_id = $1 GROUP BY currency ORDER BY count(*) DESC, currency',
      [ownerId],
    );
    return rows.map(({ currency }) => currency);
  }

  /** When trades were first opened and last closed; `null` without any. */
  async lastClosing(ownerId: number): Promise<EpochMs | null> {
    const rows = await this.db.query<{ last: string | null }[]>(
      'SELECT max(closed_at_ms) AS last FROM journal_trade WHERE owner_id = $1',
      [ownerId],
    );
    const last = rows[0]?.last ?? null;
    return last === null ? null : Number(last);
  }

  private get db(): EntityManager {
    return this.dataSource.manager;
  }
}

async function write(
  db: EntityManager,
  ownerId: number,
  bookKey: string,
  trades: readonly Omit<StoredTrade, 'key'>[],
): Promise<void> {
  await db.query(
    `INSERT INTO journal_trade
       (owner_id, trade_key, book_key, symbol, currency, opened_at_ms, closed_at_ms, body, signals)
     SELECT $1, one.key, $2, one.symbol, one.currency, one.opened, one.closed, one.body, one.signals
     FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::json[], $9::json[])
       one (key, symbol, currency, opened, closed, body, signals)`,
    [
      ownerId,
      bookKey,
      trades.map(({ trade }) => tradeKeyOf(trade)),
      trades.map(({ trade }) => trade.symbol),
      trades.map(({ trade }) => trade.currency),
      trades.map(({ trade }) => trade.openedAtMs),
      trades.map(({ trade }) => trade.closedAtMs),
      trades.map(({ trade }) => JSON.stringify(trade)),
      trades.map(({ signals }) => JSON.stringify(signals)),
    ],
  );
}

/** Key of the fill that opened a trade. */
function tradeKeyOf({ id, grouping }: Trade): string {
  return keyOf(id.slice(grouping.length + 1));
}

function toStored({ trade_key, body, signals }: TradeRow): StoredTrade {
  return { key: trade_key, trade: body, signals };
}
