import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningApp } from './start-app.js';

/** For `NODE_OPTIONS`: with it anything can be run inside the server, without code for tests in the product. */
export const INSPECTOR = '--inspect=127.0.0.1:0';

/** Has a server that was started with {@link INSPECTOR} run something. */
export async function evaluate(app: RunningApp, expression: string): Promise<void> {
  const url = [...app.log.matchAll(/ws:\/\/127\.0\.0\.1:\d+\/\S+/g)].at(-1)?.[0];
  if (url === undefined) throw new Error(`no inspector: ${app.log.slice(0, 500)}`);
  const inspector = new WebSocket(url);
  await once(inspector, 'open');
  inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await once(inspector, 'message');
  // The process waits for an inspector that is there before it ends.
  inspector.terminate();
}
