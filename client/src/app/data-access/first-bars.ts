import { historyUrl, INITIAL_BARS } from './history-url';
import { firstSelection } from './selection';

let prefetched: { readonly url: string; readonly answer: Promise<Response> } | null = null;

/** Asks for the bars of the first chart before the framework has started. */
export function prefetchFirstBars(): void {
  const selection = firstSelection();
  if (selection === null) return;
  const url = historyUrl({ ...selection, limit: INITIAL_BARS });
  const answer = fetch(url);
  // Whoever takes the answer handles its failure; without a taker nobody is told.
  answer.catch(() => undefined);
  prefetched = { url, answer };
}

/** The answer on its way for this address, once; `null` when another one was asked for. */
export function takePrefetched(url: string): Promise<Response> | null {
  const known = prefetched?.url === url ? prefetched.answer : null;
  prefetched = null;
  return known;
}
