import { readJson } from './json-answer';

/** Sends JSON and reads the answer's. Rejects with the server's own words where it refused, or `AbortError`. */
export async function sendJson<T>(
  method: 'POST' | 'PUT',
  url: string,
  body: unknown,
  signal: AbortSignal | null = null,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  return readJson<T>(response);
}

/** What went wrong, for readers: the server's own words, or that it does not answer. */
export function wordsOfFailure(error: unknown): string {
  // What browsers say of a server that is away is not for readers.
  if (error instanceof TypeError) return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
