import { timeframeMs, type EpochMs, type Timeframe } from '@libs/bars';
import type { FactSource } from '@libs/coach';
import { formatDate, formatSpan, formatTime } from '../../text/format';
import type { Zone } from '../../text/zone';
import type { SpokenFigure } from './spoken-answer';

/** One source of an answer, numbered as its figures are. */
export interface Citation {
  readonly number: number;
  readonly words: string;
  readonly age: string;
  readonly isStale: boolean;
  /** Indexes of the figures that come from it. */
  readonly figures: readonly number[];
  /** Where it lies on a chart; `null` for what lies on none. */
  readonly place: { readonly symbol: string; readonly atMs: EpochMs } | null;
}

/** Names of things the page knows, `null` where it does not. */
export interface KnownNames {
  rule(id: string): string | null;
  signal(id: string): { readonly symbol: string; readonly rule: string; readonly barStartMs: EpochMs } | null;
}

/** The sources of an answer's figures in the order they come first, each once. */
export function citationsOf(figures: readonly SpokenFigure[], names: KnownNames, zone: Zone): Citation[] {
  const bySource = new Map<string, number[]>();
  figures.forEach(({ source }, index) => {
    const key = JSON.stringify(source);
    bySource.set(key, [...(bySource.get(key) ?? []), index]);
  });
  return [...bySource.values()].flatMap((indexes, at) => {
    const figure = figures[indexes[0] ?? 0];
    if (figure === undefined) return [];
    const { source, ageMs, isStale } = figure;
    const told = tell(source as FactSource, names, zone);
    return { number: at + 1, ...told, age: formatSpan(ageMs), isStale, figures: indexes };
  });
}

function tell(source: FactSource, names: KnownNames, zone: Zone): Pick<Citation, 'words' | 'place'> {
  switch (source.kind) {
    case 'quote':
      return {
        words: `Last trade of ${source.symbol}`,
        place: { symbol: source.symbol, atMs: source.ts },
      };
    case 'bar': {
      const { symbol, timeframe, seq } = source;
      // A day begins at the exchange's midnight, so its number alone names no instant of it but the middle.
      const atMs = (seq + (timeframe === '1d' ? 0.5 : 0)) * timeframeMs(timeframe);
      return {
        words: `Bar ${symbol} ${timeframe} ${barTime(atMs, timeframe, zone)}`,
        place: { symbol, atMs },
      };
    }
    case 'rule': {
      const name = names.rule(source.id);
      return { words: `Your rule${name === null ? '' : ` ${name}`}, v${source.version}`, place: null };
    }
    case 'signal': {
      const known = names.signal(source.id);
      if (known === null) return { words: 'A signal on record', place: null };
      const { symbol, rule, barStartMs } = known;
      const words = `Signal ${rule}, ${symbol} ${formatTime(barStartMs, zone)}`;
      return { words, place: { symbol, atMs: barStartMs } };
    }
    case 'note':
      return { words: 'Your note', place: null };
    case 'calendar':
      return { words: `Calendar ${source.calendar}`, place: null };
    case 'list':
      return { words: `Your ${source.of}, counted`, place: null };
  }
}

function barTime(atMs: EpochMs, timeframe: Timeframe, zone: Zone): string {
  return timeframe === '1d' ? formatDate(atMs, zone) : formatTime(atMs, zone);
}
