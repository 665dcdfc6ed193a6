import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { explainPart, valuesOf } from '../explanation/explain.js';
import type { ReceiptBars, Signal } from '../signal.js';
import { barChecksum } from './bar-checksum.js';
import { checksumText } from './bar-trail.js';
import type { CompiledRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';

/** What recomputing a signal found. */
export interface Verification {
  /** Whether every bar is as it was and every value came out the same, bit by bit. */
  readonly holds: boolean;
  /** What differs, in plain words; empty where the signal holds. */
  readonly faults: readonly string[];
  readonly values: readonly {
    readonly of: string;
    readonly timeframe: string;
    readonly told: number | null;
    readonly found: number | null;
  }[];
}

/**
 * Recomputes a signal from stored bars: those its receipt names, highest revision of each; more are ignored. `compiled`
 * is the version of the rule that gave it. Pure; the order of the bars makes no difference.
 */
export function verifySignal(
  signal: Signal,
  compiled: CompiledRule,
  bars: readonly Bar[],
  calendar: CalendarName,
): Verification {
  const faults: string[] = [];
  if (signal.rule.hash !== compiled.hash)
    faults.push(`the signal was given by rule ${signal.rule.hash}, this is ${compiled.hash}`);
  const named = signal.bars.flatMap((receipt) => barsOn(receipt, bars, faults));
  const { rule, expression } = compiled;
  // Without cooldown and sessions: whether the condition became true is what bars can prove.
  const bare = { ...compiled, rule: { ...rule, cooldownBars: 0, oncePerSession: false, expiresMs: null } };
  const calendars = new Map([[signal.symbol, calendar]]);
  const engine = new RuleEngine({
    rules: [{ compiled: bare, activeAfterMs: -Infinity }],
    symbols: calendars,
  });
  let isRepeated = false;
  for (const bar of inLogOrder(named, calendars)) {
    const isJudged = bar.timeframe === signal.timeframe && bar.seq === signal.seq;
    if (isJudged) isRepeated = engine.push(bar).signals.some(({ id }) => id === signal.id);
    else engine.warmUp(bar);
  }
  if (!isRepeated) faults.push('from these bars the rule does not signal here');
  const desk = engine.watchOf(rule.id, signal.symbol)?.desk;
  const found = desk ? valuesOf(compiled.readings, desk) : [];
  const values = signal.values.map(({ of, timeframe, value }) => {
    const match = found.find((one) => one.of === of && one.timeframe === timeframe);
    const isSame = match !== undefined && Object.is(match.value, value);
    if (!isSame) faults.push(`${of} on ${timeframe} was ${value}, is ${match?.value ?? 'not found'}`);
    return { of, timeframe, told: value, found: match?.value ?? null };
  });
  if (desk && faults.length === 0 && !explainPart(expression, rule.timeframe, desk).holds)
    faults.push('the condition is not true');
  return { holds: faults.length === 0, faults, values };
}

/** The bars a receipt names, in their highest revision, held against its count, revisions and checksum. */
function barsOn(receipt: ReceiptBars, bars: readonly Bar[], faults: string[]): Bar[] {
  const bySeq = new Map<number, Bar>();
  for (const bar of bars) {
    const isNamed =
      bar.symbol === receipt.symbol &&
      bar.timeframe === receipt.timeframe &&
      bar.seq >= receipt.from_seq &&
      bar.seq <= receipt.to_seq;
    if (isNamed && bar.rev >= (bySeq.get(bar.seq)?.rev ?? 0)) bySeq.set(bar.seq, bar);
  }
  const named = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  const what = `${receipt.symbol} ${receipt.timeframe} ${receipt.from_seq} to ${receipt.to_seq}`;
  if (named.length !== receipt.count)
    faults.push(`${what}: ${receipt.count} bars were read, ${named.length} are there`);
  const revised = new Map(receipt.revised.map(({ seq, rev }) => [seq, rev]));
  for (const { seq, rev } of named) {
    if (rev !== (revised.get(seq) ?? 0))
      faults.push(`${what}: bar ${seq} was read in revision ${revised.get(seq) ?? 0}, there is ${rev}`);
  }
  const checksum = checksumText(named.reduce((sum, bar) => sum + barChecksum(bar), 0));
  if (checksum !== receipt.checksum) faults.push(`${what}: the bars are not those that were read`);
  return named;
}
