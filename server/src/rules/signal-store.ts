import { Injectable } from '@nestjs/common';
import type { EpochMs, Seq, Timeframe } from '@libs/bars';
import type { PastSignal, Signal } from '@libs/rules';
import { DataSource } from 'typeorm';

/** A signal, the offset of the bar that gave it, and whom its rule belongs to. */
export interface LoggedSignal {
  readonly offset: number;
  readonly ownerId: number;
  readonly signal: Signal;
}

/** A signal on record that the log does not tell yet. */
export interface UntoldSignal {
  readonly ownerId: number;
  /** Until when its owner does not want to be told of its rule; `null` for not muted. */
  readonly mutedUntilMs: EpochMs | null;
  readonly signal: Signal;
}

/** Which signals are wanted, newest first. */
export interface SignalQuery {
  readonly ownerId: number;
  readonly symbol?: string | undefined;
  readonly ruleId?: string | undefined;
  /** Bounds of the bar's start, both inclusive. */
  readonly fromMs?: EpochMs | undefined;
  readonly toMs?: EpochMs | undefined;
  readonly limit: number;
}

/** What a signal is found by. */
export interface SignalKey {
  readonly ownerId: number;
  readonly ruleId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
}

/** A bar that closes within a stretch began at most so long before it. */
const LONGEST_BAR_MS = 86_400_000;

/** Signals by epoch, and how far the log of an epoch has been judged. */
@Injectable()
export class SignalStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Offset up to which the log was judged, `null` when it never was. */
  async judgedOffset(epochId: string): Promise<number | null> {
    const rows = await this.dataSource.query<{ log_offset: string }[]>(
      'SELECT log_offset FROM judged_log WHERE epoch_id = $1',
      [epochId],
    );
    return rows[0] === undefined ? null : Number(rows[0].log_offset);
  }

  /**
   * Keeps signals and the offset up to which the log was judged, both or neither. A signal that is kept already is left as
   * it is: there is one for a rule, symbol and bar. The offset never goes back.
   */
  async keep(epochId: string, signals: readonly LoggedSignal[], judgedOffset: number): Promise<void> {
    await this.dataSource.query(
      `WITH kept AS (
         INSERT INTO signal (epoch_id, rule_id, symbol, timeframe, seq, log_offset, bar_start_ms, body, owner_id)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bigint[], $8::json[],
           $10::int[])
         ON CONFLICT DO NOTHING)
       INSERT INTO judged_log (epoch_id, log_offset) VALUES ($1, $9)
       ON CONFLICT (epoch_id) DO UPDATE SET log_offset = greatest(judged_log.log_offset, excluded.log_offset)`,
      [
        epochId,
        signals.map(({ signal }) => signal.rule.id),
        signals.map(({ signal }) => signal.symbol),
        signals.map(({ signal }) => signal.timeframe),
        signals.map(({ signal }) => signal.seq),
        signals.map(({ offset }) => offset),
        signals.map(({ signal }) => signal.bar_start),
        signals.map(({ signal }) => JSON.stringify(signal)),
        judgedOffset,
        signals.map(({ ownerId }) => ownerId),
      ],
    );
  }

  /** Signals of an epoch that no alert of the log stands for, in log order, at most `limit`. */
  async untold(epochId: string, limit: number): Promise<UntoldSignal[]> {
    const rows = await this.dataSource.query<
      { owner_id: number; muted_until_ms: string | null; body: Signal }[]
    >(
      `SELECT owner_id, muted_until_ms, body FROM signal LEFT JOIN rule_setting USING (rule_id)
       WHERE epoch_id = $1 AND alert_offset IS NULL ORDER BY log_offset, rule_id LIMIT $2`,
      [epochId, limit],
    );
    return rows.map(({ owner_id, muted_until_ms, body }) => ({
      ownerId: owner_id,
      mutedUntilMs: muted_until_ms === null ? null : Number(muted_until_ms),
      signal: body,
    }));
  }

  /** The newest signal of each rule and symbol up to an offset: what a cooldown may reach back to. */
  async past(epochId: string, upToOffset: number): Promise<PastSignal[]> {
    const rows = await this.dataSource.query<
      { rule_id: string; symbol: string; seq: number; bar_start_ms: string }[]
    >(
      `SELECT DISTINCT ON (rule_id, symbol) rule_id, symbol, seq, bar_start_ms FROM signal
       WHERE epoch_id = $1 AND log_offset <= $2 ORDER BY rule_id, symbol, log_offset DESC`,
      [epochId, upToOffset],
    );
    return rows.map(({ rule_id, symbol, seq, bar_start_ms }) => ({
      ruleId: rule_id,
      symbol,
      seq,
      bar_start: Number(bar_start_ms),
    }));
  }

  /** Signals of an epoch, newest first. */
  async find(
    epochId: string,
    { ownerId, symbol, ruleId, fromMs, toMs, limit }: SignalQuery,
  ): Promise<Signal[]> {
    const rows = await this.dataSource.query<{ body: Signal }[]>(
      `SELECT body FROM signal
       WHERE epoch_id = $1 AND owner_id = $7 AND ($2::text IS NULL OR symbol = $2) AND ($3::text IS NULL OR rule_id = $3)
         AND ($4::bigint IS NULL OR bar_start_ms >= $4) AND ($5::bigint IS NULL OR bar_start_ms <= $5)
       ORDER BY log_offset DESC, rule_id LIMIT $6`,
      [epochId, symbol ?? null, ruleId ?? null, fromMs ?? null, toMs ?? null, limit, ownerId],
    );
    return rows.map(({ body }) => body);
  }

  /**
   * An owner's signals of a symbol whose bars closed within `[fromMs, toMs)`, oldest first; of every epoch that has the record of this
   * one, because what was signalled stays true when the stream begins anew.
   */
  async closedWithin(
    epochId: string,
    {
      ownerId,
      symbol,
      fromMs,
      toMs,
      limit,
    }: { ownerId: number; symbol: string; fromMs: EpochMs; toMs: EpochMs; limit: number },
  ): Promise<Signal[]> {
    const rows = await this.dataSource.query<{ body: Signal }[]>(
      `SELECT DISTINCT ON (bar_start_ms, rule_id, timeframe) body FROM signal
       WHERE owner_id = $7 AND symbol = $2 AND bar_start_ms >= $3::bigint - $6 AND bar_start_ms < $4
         AND (body->>'bar_end')::bigint >= $3 AND (body->>'bar_end')::bigint < $4
         AND epoch_id IN (SELECT id FROM epoch WHERE record_id = (SELECT record_id FROM epoch WHERE id = $1))
       ORDER BY bar_start_ms, rule_id, timeframe LIMIT $5`,
      [epochId, symbol, fromMs, toMs, limit, LONGEST_BAR_MS, ownerId],
    );
    return rows.map(({ body }) => body).sort((a, b) => a.bar_end - b.bar_end);
  }

  /** One signal, `undefined` when it was never given. */
  async get(
    epochId: string,
    { ownerId, ruleId, symbol, timeframe, seq }: SignalKey,
  ): Promise<Signal | undefined> {
    const rows = await this.dataSource.query<{ body: Signal }[]>(
      `SELECT body FROM signal
       WHERE epoch_id = $1 AND rule_id = $2 AND symbol = $3 AND timeframe = $4 AND seq = $5 AND owner_id = $6`,
      [epochId, ruleId, symbol, timeframe, seq, ownerId],
    );
    return rows[0]?.body;
  }
}
