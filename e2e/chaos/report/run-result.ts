import type { Finding } from '../checker/finding.js';
import type { RecordedRun } from '../checker/recorded-run.js';
import type { ReaderLog } from '../log/log-entry.js';
import type { FaultRecord } from '../plan/fault-record.js';
import type { Profile } from '../stage/stage-options.js';

/** What a run has shown: small enough to be kept for hundreds of runs. */
export interface RunResult {
  readonly profile: Profile;
  readonly seed: number;
  readonly tookMs: number;
  readonly findings: readonly Finding[];
  readonly faults: readonly FaultOutcome[];
  /** Reasons why some kinds of fault could not be injected, by their name. */
  readonly impossible: ReadonlyMap<string, string>;
  /** Cuts that readers made by themselves at random byte positions. */
  readonly ownCuts: number;
  /** For each time a reader came back: from the loss of its line until the server had said where it is. */
  readonly reconnectsMs: readonly number[];
  /** Answers to the cursors that were shown. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Finalized bars on the wire, in readers' hands and in instances' histories, each of them compared. */
  readonly barsChecked: number;
}

/** A fault and what was seen while it lasted. */
export interface FaultOutcome extends FaultRecord {
  /** Finalized bars that readers were sent from its beginning to the recovery. */
  readonly bars: number;
  readonly findings: readonly Finding[];
}

/** Sums a run up. */
export function sumUp(
  run: RecordedRun,
  findings: readonly Finding[],
  records: readonly FaultRecord[],
): Pick<RunResult, 'findings' | 'faults' | 'reconnectsMs' | 'verdicts' | 'barsChecked'> {
  const barTimes = run.logs.flatMap(({ entries }) =>
    entries.filter(({ kind }) => kind === 'bar').map(({ atMs }) => atMs),
  );
  const faults = records.map((record, index) => {
    const untilMs = records[index + 1]?.injectedAtMs ?? Infinity;
    return {
      ...record,
      bars: barTimes.filter((atMs) => atMs >= record.injectedAtMs && atMs <= record.recoveredAtMs).length,
      findings: findings.filter(({ atMs = -1 }) => atMs >= record.injectedAtMs && atMs < untilMs),
    };
  });
  const held = [...run.held, ...run.finals].reduce((sum, { bars }) => sum + bars.length, 0);
  const verdicts: Record<string, number> = {};
  for (const { entries } of run.logs) {
    for (const entry of entries) {
      if (entry.kind === 'bootstrap') verdicts[entry.verdict] = (verdicts[entry.verdict] ?? 0) + 1;
    }
  }
  return {
    findings,
    faults,
    reconnectsMs: run.logs.flatMap(reconnectsIn),
    verdicts,
    barsChecked: barTimes.length + held,
  };
}

function reconnectsIn({ entries }: ReaderLog): number[] {
  const times: number[] = [];
  let lostAtMs: number | null = null;
  for (const { kind, atMs } of entries) {
    if (kind === 'disconnect') lostAtMs ??= atMs;
    if (kind !== 'bootstrap' || lostAtMs === null) continue;
    times.push(atMs - lostAtMs);
    lostAtMs = null;
  }
  return times;
}
