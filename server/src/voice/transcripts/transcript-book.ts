import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { EpochMs, Timeframe } from '@libs/bars';
import type { TranscriptLine, Transcripts } from '@libs/contract';
import { DataSource } from 'typeorm';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';

const DAY_MS = 86_400_000;
/** How often lines that are too old are let go. */
const PRUNE_EVERY_MS = 3_600_000;
/** Lines a user may have above the limit for a while. */
const PRUNE_EVERY_LINES = 50;
/** Characters of one line. */
const LONGEST_LINE = 8_000;

/** A line that is not written yet. */
export interface NewLine {
  readonly conversation: string;
  readonly who: TranscriptLine['who'];
  readonly text: string;
  readonly symbol: string | null;
  readonly timeframe: Timeframe | null;
  /** What time it is on the desk. */
  readonly atMs: EpochMs;
  readonly saidMs: EpochMs;
}

/** What to look for. */
export interface TranscriptSearch {
  readonly q?: string | undefined;
  /** Id of a line: only what was said before it. */
  readonly before?: number | undefined;
  readonly symbol?: string | undefined;
  /** Time on the desk, `from` included, `to` not. */
  readonly from?: EpochMs | undefined;
  readonly to?: EpochMs | undefined;
  readonly limit: number;
}

interface Row {
  /** PostgreSQL gives whole numbers of 64 bits as text. */
  readonly id: string;
  readonly conversation: string;
  readonly who: TranscriptLine['who'];
  readonly words: string;
  readonly symbol: string | null;
  readonly timeframe: Timeframe | null;
  readonly at_ms: string;
  readonly said_ms: string;
}

/** What each user and the coach said, in words: written as it is said, searched, and let go in time. */
@Injectable()
export class TranscriptBook implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('voice');
  private readonly keptMs: number;
  private readonly mostLines: number;
  private written = 0;
  private cancelPruning: CancelTimer = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(ENV) env: Env,
  ) {
    this.keptMs = env.COACH_TRANSCRIPT_DAYS * DAY_MS;
    this.mostLines = env.COACH_TRANSCRIPT_LINES;
  }

  /** Whether anything is kept at all. */
  get isKept(): boolean {
    return this.keptMs > 0;
  }

  onModuleInit(): void {
    const prune = (): void => {
      this.letGo().catch((fault: unknown) => {
        this.logger.warn(`old transcripts could not be let go: ${messageOf(fault)}`);
      });
    };
    this.cancelPruning = this.clock.every(PRUNE_EVERY_MS, prune);
    prune();
  }

  onModuleDestroy(): void {
    this.cancelPruning();
  }

  /** Writes a line; resolves with its id. */
  async add(
    ownerId: number,
    { conversation, who, text, symbol, timeframe, atMs, saidMs }: NewLine,
  ): Promise<number> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `INSERT INTO coach_line (owner_id, conversation, who, words, symbol, timeframe, at_ms, said_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
      [ownerId, conversation, who, storable(text), symbol, timeframe, Math.round(atMs), saidMs],
    );
    if (++this.written % PRUNE_EVERY_LINES === 0) await this.letGo();
    return Number(rows[0]?.id);
  }

  /** Less of a line was heard than was thought; of nothing heard, nothing was said. */
  async shorten(ownerId: number, id: number, text: string): Promise<void> {
    if (text === '')
      await this.dataSource.query('DELETE FROM coach_line WHERE owner_id = $1 AND id = $2', [ownerId, id]);
    else
      await this.dataSource.query('UPDATE coach_line SET words = $3 WHERE owner_id = $1 AND id = $2', [
        ownerId,
        id,
        storable(text),
      ]);
  }

  /** Lines newest first. */
  async find(
    ownerId: number,
    { q = '', before, symbol, from, to, limit }: TranscriptSearch,
  ): Promise<Transcripts> {
    const pattern = `%${q.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`;
    // One more than is told shows whether there are more.
    const rows = await this.dataSource.query<Row[]>(
      `SELECT id, conversation, who, words, symbol, timeframe, at_ms, said_ms FROM coach_line
       WHERE owner_id = $1 AND (words ILIKE $2 OR symbol ILIKE $2) AND said_ms >= $3
         AND ($4::bigint IS NULL OR (said_ms, id) < (
           SELECT said_ms, id FROM coach_line WHERE owner_id = $1 AND id = $4::bigint))
         AND ($6::text IS NULL OR symbol = $6) AND ($7::bigint IS NULL OR at_ms >= $7) AND ($8::bigint IS NULL OR at_ms < $8)
       ORDER BY said_ms DESC, id DESC LIMIT $5`,
      [
        ownerId,
        pattern,
        this.oldestMs(),
        before ?? null,
        limit + 1,
        symbol ?? null,
        from ?? null,
        to ?? null,
      ],
    );
    return { lines: rows.slice(0, limit).map(lineOf), more: rows.length > limit };
  }

  /** Forgets everything a user and the coach said. */
  async removeAll(ownerId: number): Promise<void> {
    await this.dataSource.query('DELETE FROM coach_line WHERE owner_id = $1', [ownerId]);
  }

  private oldestMs(): EpochMs {
    return this.clock.nowMs() - this.keptMs;
  }

  /** Deletes what is too old, and what is too much. */
  private async letGo(): Promise<void> {
    await this.dataSource.query('DELETE FROM coach_line WHERE said_ms < $1', [this.oldestMs()]);
    await this.dataSource.query(
      `DELETE FROM coach_line WHERE id IN (
         SELECT id FROM (
           SELECT id, row_number() OVER (PARTITION BY owner_id ORDER BY said_ms DESC, id DESC) AS place
           FROM coach_line) AS placed
         WHERE place > $1)`,
      [this.mostLines],
    );
  }
}

/** As PostgreSQL takes it: of bounded length, without zeros and halves of characters. */
function storable(text: string): string {
  return text.slice(0, LONGEST_LINE).replaceAll('\0', '').toWellFormed();
}

function lineOf({ id, words, at_ms: atMs, said_ms: saidMs, ...rest }: Row): TranscriptLine {
  return { ...rest, id: Number(id), text: words, at: Number(atMs), said_at: Number(saidMs) };
}
