import type { EpochMs } from '@libs/bars';
import { isStale, type Fact, type FactSource } from '../facts/fact.js';
import { hasValueOf, isAgeOf } from './agreement.js';
import type { Figure } from './figure.js';
import { maskLabels, symbolsIn, type NamedTag } from './mask-labels.js';
import { readFigures } from './read-figures.js';
import { readClauses, type Clause } from './spoken-tags.js';

/** A text an engine of the desk made out of bars, such as the reason of a signal. */
export interface Quotation {
  readonly text: string;
  readonly source: FactSource;
}

/** What a sentence is held against. */
export interface Grounds {
  /** Every figure tools have found in this conversation, newest last. */
  readonly facts: readonly Fact[];
  readonly nowMs: EpochMs;
  /** Symbols of the desk, upper case. */
  readonly symbols: readonly string[];
  /** Names a person gave to rules and notes. */
  readonly names: readonly string[];
  /** Sentences the desk's own engines made; word for word they need no other source. */
  readonly quotations: readonly Quotation[];
  /** The symbol spoken of where a sentence names none; `null` for any. */
  readonly focus: string | null;
}

/** A figure of a sentence and the fact behind it. */
export interface GroundedFigure {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly text: string;
  readonly fact: Fact;
  readonly isStale: boolean;
}

/** Why a sentence is held back. */
export interface GroundingFault {
  readonly figure: string;
  readonly reason: 'no source' | 'stale';
}

/** What became of a sentence. */
export type Grounding =
  | { readonly isGrounded: true; readonly figures: readonly GroundedFigure[] }
  | { readonly isGrounded: false; readonly fault: GroundingFault };

/** Units whose own words name them well enough. */
const NAMED_BY_UNIT = new Set<Figure['unit']>(['count', 'span', 'date']);

/**
 * Holds a sentence against what is known: every figure in it, digits or words, must be that of a fact by value, unit,
 * symbol and name, and one that has grown old must be told with its age. Nothing is computed from facts: a figure no tool
 * found is no figure.
 */
export function groundSentence(sentence: string, grounds: Grounds): Grounding {
  const text = withoutQuotations(sentence.normalize('NFKC'), grounds.quotations);
  const { facts, symbols, names, nowMs } = grounds;
  const tags = new Set(facts.flatMap((fact) => fact.tags));
  const { masked, tags: named } = maskLabels(text, { symbols, tags, quotable: names });
  const figures = readFigures(text, masked);
  if (figures.length === 0) return { isGrounded: true, figures: [] };
  const clauses = readClauses(masked, named);
  const mentioned = symbolsIn(text, symbols);
  const candidates = figures.map((figure) => {
    const symbol = symbolOf(figure, mentioned, grounds.focus);
    return { figure, facts: candidatesFor(figure, { clauses, symbol, facts, nowMs }) };
  });
  const bars = barsSpokenOf(candidates);
  const grounded: GroundedFigure[] = [];
  const told = candidates.filter(
    ({ figure }) => figure.isAge || figure.unit === 'clock' || figure.unit === 'date',
  );
  for (const { figure, facts: found } of candidates) {
    const fitting = found.filter((fact) => isOfBars(fact, bars));
    // Of several, the newest: it is the one just asked for.
    const fresh = fitting.findLast((fact) => !isStale(fact, nowMs));
    const old = fitting.at(-1);
    const fact = fresh ?? old;
    if (fact === undefined) return heldBack(figure, 'no source');
    if (fresh === undefined && !figure.isAge && !isAgeTold(fact, told, nowMs))
      return heldBack(figure, 'stale');
    const { start, end, text: written } = figure;
    grounded.push({ start, end, text: written, fact, isStale: isStale(fact, nowMs) });
  }
  return { isGrounded: true, figures: grounded };
}

/** Blanks out, in place, what is said word for word. */
function withoutQuotations(sentence: string, quotations: readonly Quotation[]): string {
  let text = sentence;
  for (const { text: quoted } of quotations) {
    const at = quoted === '' ? -1 : text.indexOf(quoted);
    if (at !== -1) text = text.slice(0, at) + ' '.repeat(quoted.length) + text.slice(at + quoted.length);
  }
  return text;
}

function heldBack({ text }: Figure, reason: GroundingFault['reason']): Grounding {
  return { isGrounded: false, fault: { figure: text, reason } };
}

/** The symbol named last before a figure, else the first one after it. */
function symbolOf(
  { start }: Figure,
  mentioned: readonly { symbol: string; start: number }[],
  focus: string | null,
): string | null {
  const before = mentioned.findLast((one) => one.start < start);
  return (before ?? mentioned[0])?.symbol ?? focus;
}

function candidatesFor(
  figure: Figure,
  context: { clauses: readonly Clause[]; symbol: string | null; facts: readonly Fact[]; nowMs: EpochMs },
): Fact[] {
  const { clauses, symbol, facts, nowMs } = context;
  const clause = clauses.findLast(({ start }) => start <= figure.start);
  const tag = tagOf(figure, clause, clauses);
  return facts.filter((fact) => {
    if (symbol !== null && fact.symbol !== null && fact.symbol !== symbol) return false;
    if (figure.isAge) return fact.goodForMs !== null && isAgeOf(figure, fact, nowMs);
    return hasValueOf(figure, fact) && isCalled(figure, fact, tag, clause);
  });
}

/**
 * The name that belongs to a figure: behind it where it tells a distance, else the nearest before it in its clause, else
 * behind. A change that follows another one ("up 2.14, 0.33%") goes by the same name.
 */
function tagOf(figure: Figure, clause: Clause | undefined, clauses: readonly Clause[]): NamedTag | undefined {
  if (clause === undefined) return undefined;
  const behind = clause.tags.find(({ start }) => start > figure.start);
  const before = clause.tags.findLast(({ start }) => start < figure.start);
  if (figure.kind === 'distance') return behind ?? clauses.find(({ start }) => start > figure.start)?.tags[0];
  if (before === undefined && behind === undefined && figure.unit === 'clock')
    return clauses.flatMap(({ tags }) => tags).at(0);
  return before ?? behind;
}

function isCalled(
  figure: Figure,
  fact: Fact,
  tag: NamedTag | undefined,
  clause: Clause | undefined,
): boolean {
  if (NAMED_BY_UNIT.has(figure.unit)) return true;
  const scope = clause?.scope ?? null;
  if (tag === undefined) {
    if (figure.unit === 'clock') return fact.tags.includes('time');
    if (fact.kind === 'change' || figure.unit === 'r') return true;
    return fact.tags.includes('last');
  }
  if (figure.unit === 'clock') return fact.tags.includes('time') || fact.tags.includes(tag.tag);
  // "Volume is 1.8 times the usual": what it is compared with names it.
  if (figure.unit === 'multiple') return clause?.tags.some((one) => fact.tags.includes(one.tag)) ?? false;
  if (scope !== null && fact.scope !== 'none' && fact.scope !== scope && fact.kind === 'level') {
    // "Today's volume in that bar" names two; a bar's own figures may stand beside either.
    if (!(scope === 'day' && fact.scope === 'bar' && fact.tags.includes('last'))) return false;
  }
  if (scope === null && fact.scope === 'prior') return false;
  return fact.tags.includes(tag.tag);
}

/** Bars whose times a sentence names: the figures of other bars are then not meant. */
function barsSpokenOf(
  candidates: readonly { figure: Figure; facts: readonly Fact[] }[],
): ReadonlySet<string> | null {
  const keys = candidates
    .filter(({ figure }) => figure.unit === 'clock')
    .flatMap(({ facts }) => facts)
    .filter(({ tags }) => tags.includes('time'))
    .map(keyOf);
  return keys.length === 0 ? null : new Set(keys);
}

/** Of a bar that is not the newest, figures count only beside its time. */
function isOfBars(fact: Fact, bars: ReadonlySet<string> | null): boolean {
  if (fact.scope !== 'bar' || fact.unit === 'instant') return true;
  return bars === null ? fact.goodForMs !== null : bars.has(keyOf(fact));
}

/** Facts of one bar have one moment and one symbol. */
function keyOf({ symbol, asOfMs }: Fact): string {
  return `${symbol ?? ''} ${asOfMs}`;
}

/** Whether a sentence tells how old a fact is, or of which moment. */
function isAgeTold(
  fact: Fact,
  told: readonly { figure: Figure; facts: readonly Fact[] }[],
  nowMs: EpochMs,
): boolean {
  return told.some(({ figure, facts }) =>
    figure.isAge
      ? isAgeOf(figure, fact, nowMs)
      : facts.some(({ value }) => Math.abs(value - fact.asOfMs) <= 60_000),
  );
}
