import { Injectable } from '@nestjs/common';
import type { FillChange, FillDraft, Restore } from '@libs/contract';
import { decimalOf, decimalText, identified, unitValue, type Fill, type FillContent } from '@libs/journal';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { badField, ProblemException } from '../common/problem.exception.js';
import { FillStore, type FillQuery, type StoredFill } from './fill-store.js';
import { fillApiId, keyInApiId, keyOf } from './journal-key.js';
import { LARGEST_JOURNAL } from './limits.js';

/** A fill as the API gives it. */
export interface FillAnswer extends Omit<Fill, 'id'> {
  readonly id: string;
  readonly version: number;
  readonly isDeleted: boolean;
  /** The import it came with; `null`: written by hand. */
  readonly importId: string | null;
}

/** Executions: written by hand, corrected, deleted and brought back. Those of files come and go with their import. */
@Injectable()
export class FillsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly fills: FillStore,
  ) {}

  async find(ownerId: number, query: FillQuery): Promise<FillAnswer[]> {
    return (await this.fills.find(ownerId, query)).map(fillAnswer);
  }

  async create(ownerId: number, drafts: readonly FillDraft[]): Promise<FillAnswer[]> {
    if ((await this.fills.count(ownerId)) + drafts.length > LARGEST_JOURNAL.fills)
      throw new ProblemException({
        status: 409,
        detail: `The journal takes at most ${LARGEST_JOURNAL.fills} fills.`,
      });
    const made = fillsByHand(drafts);
    await this.dataSource.transaction((db) => this.fills.add(ownerId, made, null, db));
    return made.map((fill) => ({
      ...fill,
      id: apiIdOf(fill),
      version: 1,
      isDeleted: false,
      importId: null,
    }));
  }

  /** Corrects a fill that was written by hand. What a broker reported is not changed, only deleted. */
  async change(ownerId: number, id: string, { version, ...draft }: FillChange): Promise<FillAnswer> {
    const before = await this.present(ownerId, id);
    if (before.importId !== null)
      throw new ProblemException({
        status: 409,
        detail: 'This fill came from a file. Delete it and write it by hand if the file is wrong.',
      });
    const { sequence, brokerFillId, broker, account } = before.fill;
    const fill = { ...contentOf(draft, sequence), id: before.fill.id, brokerFillId, broker, account };
    await this.append(ownerId, before, version, { fill, isDeleted: false });
    return this.answer(ownerId, before.key);
  }

  async remove(ownerId: number, id: string, version: number): Promise<void> {
    const before = await this.present(ownerId, id);
    await this.append(ownerId, before, version, { fill: before.fill, isDeleted: true });
  }

  /** Brings back a deleted fill, or the content of an earlier version. */
  async restore(ownerId: number, id: string, { version, to }: Restore): Promise<FillAnswer> {
    const before = await this.known(ownerId, id);
    const fill =
      to === undefined || to === before.version
        ? before.fill
        : await this.fills.earlier(ownerId, before.key, to);
    if (fill === undefined) throw badField('to', 'names a version that never was');
    await this.append(ownerId, before, version, { fill, isDeleted: false });
    return this.answer(ownerId, before.key);
  }

  private async append(
    ownerId: number,
    { key }: StoredFill,
    version: number,
    next: Pick<StoredFill, 'fill' | 'isDeleted'>,
  ): Promise<void> {
    if (await this.fills.change(ownerId, { key, version }, next)) return;
    throw new ProblemException({
      status: 409,
      detail: `Version ${version} is not the newest any more; read the fill again and repeat the change.`,
    });
  }

  private async answer(ownerId: number, key: string): Promise<FillAnswer> {
    return fillAnswer((await this.fills.get(ownerId, key)) as StoredFill);
  }

  private async present(ownerId: number, id: string): Promise<StoredFill> {
    const found = await this.known(ownerId, id);
    if (found.isDeleted) throw noFill();
    return found;
  }

  private async known(ownerId: number, id: string): Promise<StoredFill> {
    const found = await this.fills.get(ownerId, keyInApiId(id) ?? '');
    if (found === undefined) throw noFill();
    return found;
  }
}

/** Fills of these drafts. Each gets a number of its own, so that two equal ones stay two. */
export function fillsByHand(drafts: readonly FillDraft[]): Fill[] {
  return identified(
    drafts.map((draft, place) => ({
      ...contentOf(draft, place),
      brokerFillId: randomBytes(9).toString('base64url'),
    })),
  );
}

function contentOf(draft: FillDraft, sequence: number): FillContent {
  const { symbol, side, currency, broker, account, atMs, precisionMs } = draft;
  const plain = (text: string): string => decimalText(decimalOf(text));
  const [quantity, price, multiplier, fee] = [draft.quantity, draft.price, draft.multiplier, draft.fee].map(
    plain,
  ) as [string, string, string, string];
  try {
    unitValue({ price, multiplier });
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw badField('multiplier', thrown.message);
  }
  return {
    broker,
    account,
    brokerFillId: null,
    symbol,
    side,
    quantity,
    price,
    multiplier,
    fee,
    currency,
    atMs,
    precisionMs,
    sequence,
  };
}

function apiIdOf({ id }: Fill): string {
  return fillApiId(keyOf(id));
}

/** A fill as the API gives it. */
export function fillAnswer({ key, fill, version, isDeleted, importId }: StoredFill): FillAnswer {
  return { ...fill, id: fillApiId(key), version, isDeleted, importId };
}

function noFill(): ProblemException {
  return new ProblemException({ status: 404, detail: 'There is no such fill.' });
}
