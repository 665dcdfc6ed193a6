import type { Bar } from '@libs/bars';
import { digestOf } from '../../kit/bars.js';
import { seriesText, type ReaderLog } from '../log/log-entry.js';
import { nameOfBar } from './bar-facts.js';
import type { FactsOfAll } from './facts-of-all.js';
import type { Finding } from './finding.js';
import type { RecordedRun } from './recorded-run.js';

/** When everything is over: every reader and every instance holds the bars of the reference, each once, none else. */
export function checkEnd({ reference, logs, held, finals }: RecordedRun, facts: FactsOfAll): Finding[] {
  const findings: Finding[] = [];
  for (const { reader, series, bars } of held) {
    const log = logs.find((one) => one.reader === reader);
    const expected = reference.get(series) ?? [];
    const fromSeq = log === undefined ? -Infinity : firstSeqDue(log, series, bars, facts);
    const due = expected.filter(({ seq }) => seq >= fromSeq);
    findings.push(...compare(bars, due, reader, facts));
  }
  for (const { instance, series, bars, sha256 } of finals) {
    const expected = reference.get(series) ?? [];
    findings.push(...compare(bars, expected, instance, facts));
    if (sha256 !== digestOf(expected)) {
      const detail = `${series}: the digest is not that of the ${expected.length} bars of the reference`;
      findings.push({ kind: 'digest_differs', where: instance, detail });
    }
  }
  return findings;
}

/** A reader owes everything from its first bar on, and everything behind the cursor it was first given. */
function firstSeqDue(log: ReaderLog, series: string, bars: readonly Bar[], facts: FactsOfAll): number {
  const bootstrap = log.entries.find((entry) => entry.kind === 'bootstrap');
  const behindCursor = bootstrap === undefined ? null : facts.firstSeqAfter(series, bootstrap.cursor);
  return Math.min(bars[0]?.seq ?? Infinity, behindCursor ?? Infinity);
}

function compare(bars: readonly Bar[], due: readonly Bar[], where: string, facts: FactsOfAll): Finding[] {
  const findings: Finding[] = [];
  const there = new Set(bars.map(({ seq }) => seq));
  for (const bar of due) {
    if (!there.has(bar.seq)) findings.push({ kind: 'lost', where, detail: nameOfBar(bar) });
  }
  for (const bar of bars) {
    const judged = facts.judge(bar, where);
    if (judged !== null) findings.push(judged);
  }
  const [first] = bars;
  if (there.size < bars.length && first !== undefined)
    findings.push({ kind: 'duplicate_applied', where, detail: `${seriesText(first)} has a seq twice` });
  return findings;
}
