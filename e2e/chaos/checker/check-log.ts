import type { Bar } from '@libs/bars';
import { seriesText, type LogEntry, type ReaderLog } from '../log/log-entry.js';
import { cursorParts, nameOfBar } from './bar-facts.js';
import type { FactsOfAll } from './facts-of-all.js';
import type { Finding, FindingKind } from './finding.js';
import type { Interval } from './recorded-run.js';

/** Bytes that were falsified may be found out a moment later. */
const CORRUPTION_AFTERMATH_MS = 3_000;

/** Goes through one reader's log as it was written. Finds everything that the order of its entries shows. */
export function checkLog(log: ReaderLog, facts: FactsOfAll, corrupted: readonly Interval[]): Finding[] {
  const check = new LogCheck(log.reader, facts, corrupted);
  for (const entry of log.entries) check.take(entry);
  return check.findings;
}

class LogCheck {
  readonly findings: Finding[] = [];
  /** Newest finalized seq of each series, over all connections; none after the reader was told that there is a gap. */
  private readonly lastSeq = new Map<string, number>();
  /** The same on this connection alone. */
  private readonly lastSeqHere = new Map<string, number>();
  private lastOffsetHere = -1;
  private readonly onWire = new Set<string>();
  private readonly applied = new Set<string>();
  private readonly alerts = new Set<string>();
  private cursor: string | null = null;
  private shown: string | null = null;
  /** Time of the entry in hand. */
  private nowMs = 0;

  constructor(
    private readonly where: string,
    private readonly facts: FactsOfAll,
    private readonly corrupted: readonly Interval[],
  ) {}

  take(entry: LogEntry): void {
    this.nowMs = entry.atMs;
    switch (entry.kind) {
      case 'connect':
        this.shown = entry.cursor;
        this.lastSeqHere.clear();
        this.lastOffsetHere = -1;
        return;
      case 'bootstrap':
        this.takeVerdict(entry);
        return;
      case 'bar':
        this.takeBar(entry.bar, entry.id);
        return;
      case 'microbar':
        this.takeMicrobar(entry);
        this.takeOtherId(entry.id, 'a forming bar');
        return;
      case 'status':
        this.takeOtherId(entry.id, 'a status');
        return;
      case 'control':
        this.takeOtherId(entry.id, `a ${entry.name}`);
        return;
      case 'alert':
        if (this.alerts.has(entry.key)) this.find('duplicate_alert', entry.key);
        this.alerts.add(entry.key);
        this.takeLogId(entry.id, entry.key);
        return;
      case 'applied':
        this.takeApplied(entry);
        return;
      case 'dropped':
        this.lastSeq.clear();
        this.onWire.clear();
        this.applied.clear();
        return;
      case 'disconnect':
        if (entry.cause === 'malformed' && !this.isCorrupted(entry.atMs))
          this.find('malformed', entry.detail);
        return;
      case 'refused':
        return;
    }
  }

  private takeVerdict({ verdict, reason, cursor }: Extract<LogEntry, { kind: 'bootstrap' }>): void {
    const isRefused = this.shown !== null && (verdict === 'reset' || verdict === 'new');
    if (isRefused) this.find('cursor_refused', `${this.shown ?? ''} was answered "${verdict}": ${reason}`);
    if (verdict === 'new' || verdict === 'reset') this.cursor = cursor;
    // From here on the reader was told what it lacks.
    if (verdict === 'partial') this.lastSeq.clear();
  }

  private takeBar(bar: Bar, id: string | null): void {
    const series = seriesText(bar);
    const name = nameOfBar(bar);
    const judged = this.facts.judge(bar, this.where);
    if (judged !== null) this.findings.push({ ...judged, atMs: this.nowMs });
    this.takeLogId(id, name);
    const key = `${name} ${bar.rev}`;
    const isRepeated = this.onWire.has(key);
    if (isRepeated) this.find('duplicate_on_wire', key);
    this.onWire.add(key);
    if (bar.rev > 0) return;
    const lastHere = this.lastSeqHere.get(series) ?? -Infinity;
    if (bar.seq <= lastHere && !isRepeated) this.find('reordered', `${name} came after ${lastHere}`);
    this.lastSeqHere.set(series, Math.max(lastHere, bar.seq));
    const last = this.lastSeq.get(series);
    if (last !== undefined && bar.seq > last && bar.prev_seq !== last) {
      this.find('unmarked_gap', `${name} follows ${String(bar.prev_seq)}, and ${last} was the last one sent`);
    }
    this.lastSeq.set(series, Math.max(last ?? -Infinity, bar.seq));
  }

  private takeLogId(id: string | null, name: string): void {
    const parts = cursorParts(id);
    if (id === null || parts === null) {
      this.find('malformed', `${name} has no cursor (${String(id)})`);
      return;
    }
    if (parts.offset <= this.lastOffsetHere)
      this.find('reordered', `${name} has the cursor ${id}, after ${this.lastOffsetHere}`);
    this.lastOffsetHere = Math.max(this.lastOffsetHere, parts.offset);
    this.cursor = id;
  }

  private takeMicrobar({ series, seq }: Extract<LogEntry, { kind: 'microbar' }>): void {
    const last = this.lastSeqHere.get(seriesText(series));
    if (last !== undefined && seq <= last)
      this.find('reordered', `${seriesText(series)} ${seq} is said to be forming after ${last} was final`);
  }

  private takeOtherId(id: string | null, what: string): void {
    if (id === null) return;
    if (id !== this.cursor)
      this.find('cursor_without_data', `${what} moved the cursor from ${String(this.cursor)} to ${id}`);
    this.cursor = id;
  }

  private takeApplied({ series, seq, rev }: Extract<LogEntry, { kind: 'applied' }>): void {
    const key = `${seriesText(series)} ${seq} ${rev}`;
    if (this.applied.has(key)) this.find('duplicate_applied', key);
    this.applied.add(key);
  }

  private isCorrupted(atMs: number): boolean {
    return this.corrupted.some(
      ({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs + CORRUPTION_AFTERMATH_MS,
    );
  }

  private find(kind: FindingKind, detail: string): void {
    this.findings.push({ kind, where: this.where, detail, atMs: this.nowMs });
  }
}
