import type { Problem } from '@libs/contract';
import { tellSessionLoss } from './session-loss';

/** Body of an answer. Rejects with the server's own words where it refused. */
export async function readJson<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) tellSessionLoss();
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  throw new Error(problem?.detail ?? `The server answered ${response.status}.`);
}
