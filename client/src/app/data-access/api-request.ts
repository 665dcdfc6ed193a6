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

/** Asks for something to be deleted. Rejects like {@link sendJson}. */
export async function sendDelete(url: string): Promise<void> {
  const response = await fetch(url, { method: 'DELETE' });
  if (!response.ok) await readJson(response);
}

/** What went wrong, for readers: the server's own words, or that it does not answer. */
export function wordsOfFailure(error: unknown): string {
  // What browsers say of a server that is away is not for readers.
  if (error instanceof TypeError) return 'The server does not answer.';
  return error instanceof Error ? error.message : String(error);
}
