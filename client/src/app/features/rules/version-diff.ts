import type { RuleVersion } from '../../data-access/rules-store';

/** A line of a difference. */
export interface DiffLine {
  readonly kind: 'added' | 'removed';
  readonly text: string;
}

/** What a version changed of the one before: settings first, then lines of the condition. The first version added its condition. */
export function versionDiff(version: RuleVersion, before: RuleVersion | undefined): DiffLine[] {
  const condition = linesOf(version.when);
  if (before === undefined) return lineDiff([], condition);
  return [...lineDiff(settingsOf(before), settingsOf(version)), ...lineDiff(linesOf(before.when), condition)];
}

/** Lines that left and lines that came, in the order of the texts: what is common to both longest is kept. */
function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const lengths = commonLengths(before, after);
  const lines: DiffLine[] = [];
  let [from, to] = [0, 0];
  while (from < before.length || to < after.length) {
    const [left, right] = [before[from], after[to]];
    if (left !== undefined && left === right) {
      from++;
      to++;
    } else if (left !== undefined && (lengths[from + 1]?.[to] ?? 0) >= (lengths[from]?.[to + 1] ?? 0)) {
      lines.push({ kind: 'removed', text: left });
      from++;
    } else if (right !== undefined) {
      lines.push({ kind: 'added', text: right });
      to++;
    } else break;
  }
  return lines;
}

/** How many lines the rests of both texts have in common, by where the rests begin. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let from = before.length - 1; from >= 0; from--) {
    for (let to = after.length - 1; to >= 0; to--) {
      const row = lengths[from] as number[];
      const below = lengths[from + 1] as number[];
      row[to] =
        before[from] === after[to]
          ? (below[to + 1] as number) + 1
          : Math.max(below[to] as number, row[to + 1] as number);
    }
  }
  return lengths;
}

function linesOf(when: string): string[] {
  return when.split('\n').map((line) => line.trim());
}

function settingsOf(rule: RuleVersion): string[] {
  return [
    `name: ${rule.name}`,
    `symbols: ${rule.symbols.join(' ')}`,
    `timeframe: ${rule.timeframe}`,
    `sessions: ${rule.sessions.join(' ') || 'all'}`,
    `quiet after firing: ${rule.cooldownBars} bars`,
    `once a session: ${rule.oncePerSession ? 'yes' : 'no'}`,
    `severity: ${rule.severity}`,
    `words: ${rule.explain === '' ? 'none' : rule.explain}`,
    rule.enabled ? 'on' : 'off',
  ];
}
