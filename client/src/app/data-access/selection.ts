import { isTimeframe, type Timeframe } from '@libs/bars';
import { readSettings } from './settings';

/** What the chart shows. */
export interface Selection {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

export function isSameSelection(a: Selection, b: Selection): boolean {
  return a.symbol === b.symbol && a.timeframe === b.timeframe;
}

const STORAGE_KEY = 'spotlight.selection';
const SYMBOL = /^[A-Z][A-Z0-9.-]{0,14}$/;

/** What to show first: the address, else what was chosen for it or the last visit, else the first symbol of the feed. */
export function firstSelection(): Selection | null {
  const { start } = readSettings();
  const stored = start === null ? readStored() : new URLSearchParams({ ...start });
  const asked = new URLSearchParams(location.search);
  const symbol = [
    asked.get('symbol'),
    stored.get('symbol'),
    document.querySelector<HTMLMetaElement>('meta[name=st-default-symbol]')?.content ?? null,
  ]
    .map((candidate) => candidate?.toUpperCase() ?? '')
    .find((candidate) => SYMBOL.test(candidate));
  const timeframe = [asked.get('timeframe'), stored.get('timeframe'), '1m'].find(
    (candidate): candidate is Timeframe => candidate !== null && isTimeframe(candidate),
  );
  return symbol === undefined || timeframe === undefined ? null : { symbol, timeframe };
}

/** Places for charts; how many of them are shown is the layout's to say. */
export const PLACES = 4;

/** The place of the chart that was in use last, from 0. */
export function firstPlace(): number {
  const place = Number(readStored().get('place') ?? 0);
  return Number.isInteger(place) && place >= 0 && place < PLACES ? place : 0;
}

/**
 * Keeps the selection in the address, so that it can be shared and survives a reload, and for the next visit. `place`: of
 * the chart that shows it.
 */
export function rememberSelection({ symbol, timeframe }: Selection, place: number): void {
  const query = new URLSearchParams({ symbol, timeframe });
  history.replaceState(history.state, '', `?${query.toString()}`);
  if (place > 0) query.set('place', String(place));
  try {
    localStorage.setItem(STORAGE_KEY, query.toString());
  } catch {
    // Storage may be blocked; the address still has it.
  }
}

function readStored(): URLSearchParams {
  try {
    return new URLSearchParams(localStorage.getItem(STORAGE_KEY) ?? '');
  } catch {
    return new URLSearchParams();
  }
}
