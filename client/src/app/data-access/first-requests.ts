import { historyUrl, INITIAL_BARS } from './history-url';
import { firstSelection } from './selection';

/** Where the symbols are listed. */
export const SYMBOLS_URL = '/api/symbols';

const underWay = new Map<string, Promise<Response>>();

/** Asks for the bars of the first chart and for the symbols before the framework has started. */
export function sendFirstRequests(): void {
  const selection = firstSelection();
  if (selection !== null) send(historyUrl({ ...selection, limit: INITIAL_BARS }));
  send(SYMBOLS_URL);
}

/** The answer on its way for this address, once; `null` when it was not asked for. */
export function takePrefetched(url: string): Promise<Response> | null {
  const answer = underWay.get(url) ?? null;
  underWay.delete(url);
  return answer;
}

function send(url: string): void {
  const answer = fetch(url);
  // Whoever takes the answer handles its failure; without a taker nobody is told.
  answer.catch(() => undefined);
  underWay.set(url, answer);
}
