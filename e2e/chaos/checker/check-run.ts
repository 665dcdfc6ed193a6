import { checkEnd } from './check-end.js';
import { checkLog } from './check-log.js';
import { checkStale } from './check-stale.js';
import { FactsOfAll } from './facts-of-all.js';
import type { Finding } from './finding.js';
import type { RecordedRun } from './recorded-run.js';

/** Everything that is wrong with a run. It is judged by logs alone, after the fact; nothing found, nothing wrong. */
export function checkRun(run: RecordedRun): Finding[] {
  const facts = new FactsOfAll(run.reference, run.logs);
  return [
    ...facts.findings,
    ...run.logs.flatMap((log) => checkLog(log, facts, run.corrupted)),
    ...checkStale(run),
    ...checkEnd(run, facts),
  ];
}
