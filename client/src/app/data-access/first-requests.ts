import type { Bar } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { historyUrl, INITIAL_BARS } from './history-url';
import { readJson } from './json-answer';
import { loginOfPage } from './login-state';
import { firstSelection, type Selection } from './selection';

/** Where the symbols are listed. */
export const SYMBOLS_URL = '/api/symbols';

/** What the page asks for before anything else. */
export interface FirstRequests {
  /** What the chart begins with; `null` on a first visit, when only the symbols can tell. */
  readonly selection: Selection | null;
  /** Its newest bars, ascending by seq; none without a selection. */
  readonly bars: Promise<readonly Bar[]>;
  readonly symbols: Promise<readonly SymbolInfo[]>;
}

/** What `public/boot.js` read before this code was here. */
interface EarlyAnswer {
  readonly ok: boolean;
  readonly body: unknown;
}

declare global {
  /** By address; one that failed is asked for again. */
  var spotlightFirstAnswers: Map<string, Promise<EarlyAnswer>> | undefined;
}

/** Before the PIN was given every request would be refused. */
const NOTHING: FirstRequests = { selection: null, bars: Promise.resolve([]), symbols: Promise.resolve([]) };

const underWay = new Map<string, Promise<unknown>>();

/** Asks for the bars of the first chart and for the symbols before the framework has started. */
export function sendFirstRequests(): FirstRequests {
  if (loginOfPage() === 'needed') return NOTHING;
  const selection = firstSelection();
  const bars =
    selection === null
      ? Promise.resolve([])
      : send<readonly Bar[]>(historyUrl({ ...selection, limit: INITIAL_BARS }));
  return { selection, bars, symbols: send<readonly SymbolInfo[]>(SYMBOLS_URL) };
}

/** The answer on its way for this address, once; `null` when it was not asked for. The caller knows its shape. */
export function takePrefetched(url: string): Promise<unknown> | null {
  const answer = underWay.get(url) ?? null;
  underWay.delete(url);
  return answer;
}

function send<T>(url: string): Promise<T> {
  const answer = early<T>(url) ?? read<T>(url);
  // Whoever takes the answer handles its failure; without a taker nobody is told.
  answer.catch(() => undefined);
  underWay.set(url, answer);
  return answer;
}

function early<T>(url: string): Promise<T> | undefined {
  return globalThis.spotlightFirstAnswers?.get(url)?.then(
    ({ ok, body }) => (ok ? (body as T) : read<T>(url)),
    () => read<T>(url),
  );
}

async function read<T>(url: string): Promise<T> {
  return readJson<T>(await fetch(url));
}
