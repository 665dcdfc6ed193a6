import type { Bar } from '@libs/bars';
import { seriesText, type ReaderLog } from '../log/log-entry.js';
import { cursorParts, differenceOf, nameOfBar } from './bar-facts.js';
import type { Finding } from './finding.js';

/** What all logs of a run say together. */
export class FactsOfAll {
  readonly findings: Finding[] = [];
  private readonly reference = new Map<string, ReadonlyMap<number, Bar>>();
  private readonly barAtCursor = new Map<string, Bar>();
  private readonly payloads = new Map<string, Bar>();
  /** By series: offsets and bars as they were seen by anybody, ascending by offset once asked for. */
  private readonly offsets = new Map<string, { epochId: string; offset: number; bar: Bar }[]>();

  constructor(reference: ReadonlyMap<string, readonly Bar[]>, logs: readonly ReaderLog[]) {
    for (const [series, bars] of reference) {
      this.reference.set(series, new Map(bars.map((bar) => [bar.seq, bar])));
    }
    for (const { reader, entries } of logs) {
      for (const entry of entries) {
        if (entry.kind === 'bar') this.takeBar(entry.bar, entry.id, reader);
      }
    }
  }

  /** Finding where a bar is none of the reference or not what the reference says; `null` where it is right. */
  judge(bar: Bar, where: string): Finding | null {
    const expected = this.reference.get(seriesText(bar))?.get(bar.seq);
    if (expected === undefined)
      return { kind: 'phantom', where, detail: `${nameOfBar(bar)} is in none of the trades` };
    const difference = differenceOf(bar, expected);
    return difference === null
      ? null
      : { kind: 'mutated', where, detail: `${nameOfBar(bar)}: ${difference}` };
  }

  /** Seq of the first bar of a series that anybody saw behind a cursor, `null` where there is none. */
  firstSeqAfter(series: string, cursor: string): number | null {
    const parts = cursorParts(cursor);
    if (parts === null) return null;
    const later = (this.offsets.get(series) ?? [])
      .filter(({ epochId, offset }) => epochId === parts.epochId && offset > parts.offset)
      .map(({ bar }) => bar.seq);
    return later.length === 0 ? null : Math.min(...later);
  }

  private takeBar(bar: Bar, id: string | null, where: string): void {
    const key = `${nameOfBar(bar)} ${bar.rev}`;
    const known = this.payloads.get(key);
    if (known === undefined) this.payloads.set(key, bar);
    else if (JSON.stringify(known) !== JSON.stringify(bar)) {
      this.findings.push({ kind: 'mutated', where, detail: `${key} was sent in two versions` });
    }
    const parts = cursorParts(id);
    if (id === null || parts === null) return;
    const there = this.barAtCursor.get(id);
    if (there === undefined) {
      this.barAtCursor.set(id, bar);
      const series = seriesText(bar);
      const list = this.offsets.get(series) ?? [];
      list.push({ ...parts, bar });
      this.offsets.set(series, list);
    } else if (nameOfBar(there) !== nameOfBar(bar)) {
      const detail = `${id} stands for ${nameOfBar(there)} and for ${nameOfBar(bar)}`;
      this.findings.push({ kind: 'forked_log', where, detail });
    }
  }
}
