import type { OwnRule } from '@libs/contract';
import type { Signal } from '@libs/rules';
import type { RunningApp } from './start-app.js';

/** Sends a request with a JSON body. */
export async function send(
  app: RunningApp,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const answer = await fetch(`${app.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    body: (text === '' ? null : JSON.parse(text)) as unknown,
    headers: answer.headers,
  };
}

/** Makes a rule. Throws with the answer where it is refused. */
export async function makeRule(app: RunningApp, draft: Record<string, unknown>): Promise<OwnRule> {
  const { status, body } = await send(app, 'POST', '/api/rules', draft);
  if (status !== 201) throw new Error(`the rule was refused: ${status} ${JSON.stringify(body)}`);
  return body as OwnRule;
}

/** Signals on record, newest first, of one rule or of all. */
export async function signalsOf(app: RunningApp, rule?: string): Promise<Signal[]> {
  return app.json<Signal[]>(`/api/signals?limit=1000${rule === undefined ? '' : `&rule=${rule}`}`);
}
