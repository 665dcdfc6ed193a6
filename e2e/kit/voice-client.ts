import { WebSocket } from 'ws';
import { eventually } from './eventually.js';
import { ask } from './http.js';
import { noteSecret } from './secrets.js';

/** An event of the Realtime protocol as it came. */
export type VoiceEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** How a client asks to come in. */
export interface VoiceCall {
  readonly port: number;
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const open = new Set<WebSocket>();

/** Breaks off every call. */
export function hangUp(): void {
  for (const socket of open) socket.terminate();
  open.clear();
}

/** A plain client of the voice socket that keeps everything it gets. */
export class VoiceClient {
  readonly events: VoiceEvent[] = [];
  /** Code and reason, once it is closed. */
  closed: { readonly code: number; readonly reason: string } | null = null;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.events.push(JSON.parse(data.toString('utf8')) as VoiceEvent));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
    });
    socket.on('error', () => undefined);
    open.add(socket);
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  all(type: string): VoiceEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  last(type: string): VoiceEvent | undefined {
    return this.events.findLast((event) => event.type === type);
  }

  until(type: string, count = 1): Promise<VoiceEvent> {
    return eventually(() => this.all(type)[count - 1], { what: `${count} ${type}` });
  }

  /** Types a question and resolves with the words of the answer. */
  async turn(text: string, modality: 'audio' | 'text' = 'text'): Promise<string> {
    const count = this.all('response.done').length + 1;
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    this.send({ type: 'response.create', response: { output_modalities: [modality] } });
    const { response } = (await this.until('response.done', count)) as unknown as {
      response: { output: { content: { text?: string; transcript?: string }[] }[] };
    };
    const [part] = response.output[0]?.content ?? [];
    return part?.text ?? part?.transcript ?? '';
  }
}

/** Asks for a token as a page does. */
export async function voiceToken(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, text } = await ask({ port, path: '/api/voice/token', method: 'POST', headers });
  if (status !== 200) throw new Error(`no token: ${status} ${text}`);
  const { token } = JSON.parse(text) as { token: string };
  noteSecret('a voice token', token);
  return token;
}

/** Connects; rejects with the status where the server refuses before a 101. */
export function callVoice({
  port,
  path = '/ws/realtime',
  protocols = [],
  headers = {},
}: VoiceCall): Promise<VoiceClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
      headers,
      perMessageDeflate: true,
    });
    const client = new VoiceClient(socket);
    socket.once('open', () => {
      resolve(client);
    });
    socket.once('unexpected-response', (_, response) => {
      reject(new Error(`refused with ${response.statusCode ?? 0}`));
      response.resume();
      socket.terminate();
    });
    socket.once('error', reject);
  });
}

/** With a fresh token, as a page does. */
export async function openVoice(port: number): Promise<VoiceClient> {
  return callVoice({ port, protocols: ['realtime', `token.${await voiceToken(port)}`] });
}
