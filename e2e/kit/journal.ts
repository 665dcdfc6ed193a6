import { eventually } from './eventually.js';
import { ask } from './http.js';
import type { RunningApp } from './start-app.js';

/** Characters of a file sent in one request; escaped as JSON they stay below what a body may hold. */
const PART_CHARACTERS = 200 * 1024;

/** An answer with its body read. */
export interface JsonAnswer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

/** Sends JSON to a server. */
export async function sendJson<Body>(
  app: RunningApp,
  method: string,
  path: string,
  body?: unknown,
): Promise<JsonAnswer<Body>> {
  const { status, text } = await ask({
    port: app.port,
    path,
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, text, body: (text === '' ? null : JSON.parse(text)) as Body };
}

/** What specs read of an import. */
export interface ImportSeen {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly sample: readonly unknown[];
}

/** Begins an import, sends the file in parts and has it read; nothing is imported yet. */
export async function uploadFile(
  app: RunningApp,
  begin: Readonly<Record<string, unknown>>,
  text: string,
): Promise<{ id: string; parts: number; shown: JsonAnswer<ImportSeen> }> {
  const begun = await sendJson<ImportSeen>(app, 'POST', '/api/journal/import', begin);
  if (begun.status !== 201) throw new Error(`the import did not begin: ${begun.text}`);
  const { id } = begun.body;
  let parts = 0;
  for (let from = 0; from < text.length; from += PART_CHARACTERS) {
    const content = text.slice(from, from + PART_CHARACTERS);
    const path = `/api/journal/import/${id}/parts/${parts++}`;
    const { status, text: answer } = await sendJson(app, 'PUT', path, { content });
    if (status !== 200) throw new Error(`part ${parts} was not taken: ${answer}`);
  }
  return { id, parts, shown: await worked(app, `/api/journal/import/${id}/preview`, { parts }) };
}

/** Asks for work on an import and waits until it is done. */
async function worked(app: RunningApp, path: string, body: object): Promise<JsonAnswer<ImportSeen>> {
  const isDone = ({ body: { state } }: JsonAnswer<ImportSeen>) => state !== 'reading' && state !== 'writing';
  const first = await sendJson<ImportSeen>(app, 'POST', path, body);
  if (isDone(first)) return first;
  return eventually(
    async () => {
      const answer = await sendJson<ImportSeen>(app, 'GET', path.slice(0, path.lastIndexOf('/')));
      return isDone(answer) && answer;
    },
    { what: 'the file to be worked on', timeoutMs: 600_000, everyMs: 500 },
  );
}

/** Imports a file as a whole. */
export async function importFile(
  app: RunningApp,
  begin: Readonly<Record<string, unknown>>,
  text: string,
): Promise<ImportSeen> {
  const { id, parts, shown } = await uploadFile(app, begin, text);
  if (shown.status !== 200) throw new Error(`the file was not read: ${shown.text}`);
  const done = await worked(app, `/api/journal/import/${id}/commit`, { parts });
  if (done.status !== 200) throw new Error(`the file was not imported: ${done.text}`);
  return done.body;
}
