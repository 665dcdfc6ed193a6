import { Logger } from '@nestjs/common';
import type { MessageKind, TableCheck } from './feeds/market-feed.port.js';

/** Differences that are told one by one; a table that differs in more is another table. */
const MOST_DIFFERENCES = 50;

/** What a live vendor sent and how often it was connected to, for diagnosis. */
export class FeedTraffic {
  private readonly logger = new Logger('market');
  private readonly byKind = new Map<MessageKind, number>();
  private connections = 0;
  private table: TableCheck | null = null;

  /** Messages by what they are. */
  get messages(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.byKind);
  }

  /** Connections after the first. */
  get reconnects(): number {
    return Math.max(0, this.connections - 1);
  }

  /** How the vendor's table of sale conditions compares with ours; `null` before it was looked at. */
  get conditions(): TableCheck | null {
    return this.table;
  }

  heard(kind: MessageKind, count: number): void {
    this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + count);
  }

  connected(): void {
    this.connections++;
  }

  /** Bars are made by the table that is built in, whatever the vendor says now; people should know where they differ. */
  tableChecked(check: TableCheck): void {
    this.table = { ...check, differences: check.differences.slice(0, MOST_DIFFERENCES) };
    if (check.fault !== null)
      this.logger.log(`the table of sale conditions could not be compared: ${check.fault}`);
    for (const difference of this.table.differences)
      this.logger.warn(`the vendor's table of sale conditions differs: ${difference}`);
  }
}
