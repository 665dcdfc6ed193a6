import type { FindingKind } from '../checker/finding.js';
import type { FaultOutcome, RunResult } from './run-result.js';

const LOSSES: ReadonlySet<FindingKind> = new Set([
  'lost',
  'unmarked_gap',
  'cursor_refused',
  'digest_differs',
]);
const REPEATS: ReadonlySet<FindingKind> = new Set([
  'duplicate_applied',
  'duplicate_on_wire',
  'duplicate_alert',
]);

const HEAD = ['fault', 'times', 'bars checked', 'lost', 'repeated', 'otherwise wrong', 'recovery p50', 'p99'];

/** The table of a chaos run in Markdown, with what could not be injected and what the numbers mean below it. */
export function tableOf(results: readonly RunResult[]): string {
  const outcomes = results.flatMap(({ faults }) => faults);
  const names = [...new Set(outcomes.map(({ name }) => name))].sort();
  const rows = names.map((name) =>
    rowOf(
      name,
      outcomes.filter((outcome) => outcome.name === name),
    ),
  );
  const ownCuts = sum(results.map((result) => result.ownCuts));
  const reconnects = results.flatMap(({ reconnectsMs }) => [...reconnectsMs]);
  rows.push([
    'client cut at a random byte position',
    count(ownCuts),
    '',
    '',
    '',
    '',
    ...percentiles(reconnects),
  ]);
  const findings = results.flatMap((result) => [...result.findings]);
  const proven = outcomes.filter(({ evidence }) => evidence !== null);
  const ofKind = (kinds: ReadonlySet<FindingKind>): number =>
    findings.filter(({ kind }) => kinds.has(kind)).length;
  rows.push([
    '**all**',
    `**${count(proven.length + ownCuts)}**`,
    `**${count(sum(results.map(({ barsChecked }) => barsChecked)))}**`,
    `**${count(ofKind(LOSSES))}**`,
    `**${count(ofKind(REPEATS))}**`,
    `**${count(findings.length - ofKind(LOSSES) - ofKind(REPEATS))}**`,
    ...percentiles(proven.flatMap(({ recoveriesMs }) => [...recoveriesMs])),
  ]);
  return [
    alignedTable([HEAD, ...rows]),
    '',
    ...factsOf(results, proven.length, ownCuts, reconnects.length),
  ].join('\n');
}

function rowOf(name: string, outcomes: readonly FaultOutcome[]): string[] {
  const proven = outcomes.filter(({ evidence }) => evidence !== null);
  const findings = outcomes.flatMap((outcome) => [...outcome.findings]);
  const lost = findings.filter(({ kind }) => LOSSES.has(kind)).length;
  const repeated = findings.filter(({ kind }) => REPEATS.has(kind)).length;
  return [
    name,
    count(proven.length),
    count(sum(outcomes.map(({ bars }) => bars))),
    count(lost),
    count(repeated),
    count(findings.length - lost - repeated),
    ...percentiles(proven.flatMap(({ recoveriesMs }) => [...recoveriesMs])),
  ];
}

function factsOf(
  results: readonly RunResult[],
  faults: number,
  ownCuts: number,
  reconnects: number,
): string[] {
  const verdicts: Record<string, number> = {};
  for (const result of results) {
    for (const [verdict, times] of Object.entries(result.verdicts))
      verdicts[verdict] = (verdicts[verdict] ?? 0) + times;
  }
  const said = Object.entries(verdicts).map(([verdict, times]) => `${verdict} ${count(times)}`);
  const minutes = sum(results.map(({ tookMs }) => tookMs)) / 60_000;
  const runs = results.map(({ profile, seed }) => `${profile} ${seed}`).join(', ');
  const unproven = results.flatMap((result) => result.faults).filter(({ evidence }) => evidence === null);
  return [
    `${count(faults)} faults, ${count(ownCuts)} cuts by clients and ${count(reconnects)} reconnects in ${minutes.toFixed(1)} min.`,
    `Answers to cursors: ${said.join(', ')}.`,
    `Stages and their seeds: ${runs}.`,
    ...unproven.map(
      ({ name, trouble }) => `Not counted, because it did not show: ${name} (${String(trouble)}).`,
    ),
    ...impossibleIn(results),
  ];
}

/** Kinds of fault that were possible on no stage, by the reasons why. */
function impossibleIn(results: readonly RunResult[]): string[] {
  const done = new Set(results.flatMap(({ faults }) => faults.map(({ name }) => name)));
  const namesByReason = new Map<string, Set<string>>();
  for (const { impossible } of results) {
    for (const [name, reason] of impossible) {
      if (!done.has(name)) namesByReason.set(reason, (namesByReason.get(reason) ?? new Set()).add(name));
    }
  }
  return [...namesByReason].map(
    ([reason, names]) => `Not injected, because ${reason}: ${[...names].join(', ')}.`,
  );
}

function percentiles(timesMs: readonly number[]): [string, string] {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const at = (share: number): string => {
    const timeMs = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return timeMs === undefined ? '' : `${count(Math.round(timeMs))} ms`;
  };
  return [at(0.5), at(0.99)];
}

function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head, ...body] = rows;
  return [line(head!), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
