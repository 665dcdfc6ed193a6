import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

type Event = { readonly type: string } & Record<string, unknown>;

/** What the stand-in does when a response is asked for. */
export type Script = (turn: ScriptedTurn) => void | Promise<void>;

const SPEECH_BYTES = 4_800;

/** One response of the stand-in, told event by event as the provider does. */
export class ScriptedTurn {
  readonly id: string;
  isOver = false;
  private readonly output: object[] = [];

  constructor(
    readonly session: ScriptedSession,
    /** What the last message of the trader, or the last result of a tool, says. */
    readonly heard: string,
    private readonly modality: string,
  ) {
    this.id = session.nextId('resp');
    session.send({
      type: 'response.created',
      response: { id: this.id, object: 'realtime.response', status: 'in_progress' },
    });
  }

  /** Speaks words in pieces, all at once: faster than they can be heard. */
  say(words: string): string {
    const { session, id, modality } = this;
    const itemId = session.nextId('item');
    const place = { response_id: id, item_id: itemId, output_index: 0, content_index: 0 };
    const base = { id: itemId, type: 'message', role: 'assistant' };
    session.send({
      type: 'response.output_item.added',
      response_id: id,
      output_index: 0,
      item: { ...base, content: [] },
    });
    session.send({ type: 'conversation.item.added', previous_item_id: null, item: { ...base, content: [] } });
    const isText = modality === 'text';
    session.send({
      type: 'response.content_part.added',
      ...place,
      part: { type: isText ? 'text' : 'audio' },
    });
    for (const piece of words.match(/.{1,7}/gs) ?? []) {
      session.send({
        type: isText ? 'response.output_text.delta' : 'response.output_audio_transcript.delta',
        ...place,
        delta: piece,
      });
      if (!isText)
        session.send({
          type: 'response.output_audio.delta',
          ...place,
          delta: Buffer.alloc(SPEECH_BYTES, 1).toString('base64'),
        });
    }
    session.audioMs.set(itemId, Math.ceil(words.length / 7) * 100);
    if (isText) session.send({ type: 'response.output_text.done', ...place, text: words });
    else {
      session.send({ type: 'response.output_audio.done', ...place });
      session.send({ type: 'response.output_audio_transcript.done', ...place, transcript: words });
    }
    session.send({
      type: 'response.content_part.done',
      ...place,
      part: { type: isText ? 'text' : 'audio', transcript: words },
    });
    const content = [
      isText ? { type: 'output_text', text: words } : { type: 'output_audio', transcript: words },
    ];
    this.output.push({ ...base, content });
    session.send({ type: 'conversation.item.done', previous_item_id: null, item: { ...base, content } });
    session.send({
      type: 'response.output_item.done',
      response_id: id,
      output_index: 0,
      item: { ...base, content },
    });
    return itemId;
  }

  /** Asks for a tool. */
  call(name: string, input: object | string): string {
    const callId = this.session.nextId('call');
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const item = {
      id: this.session.nextId('item'),
      type: 'function_call',
      status: 'completed',
      call_id: callId,
      name,
      arguments: text,
    };
    this.session.send({ type: 'response.output_item.added', response_id: this.id, output_index: 0, item });
    this.session.send({
      type: 'response.function_call_arguments.done',
      response_id: this.id,
      item_id: item.id,
      call_id: callId,
      name,
      arguments: text,
    });
    this.session.send({ type: 'response.output_item.done', response_id: this.id, output_index: 0, item });
    this.session.openCalls.add(callId);
    return callId;
  }

  end(status = 'completed', reason?: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.session.active = null;
    const usage = {
      total_tokens: 300,
      input_tokens: 200,
      output_tokens: 100,
      input_token_details: { text_tokens: 200, audio_tokens: 0, cached_tokens: 0 },
      output_token_details: { text_tokens: 20, audio_tokens: 80 },
    };
    this.session.send({
      type: 'response.done',
      response: {
        id: this.id,
        object: 'realtime.response',
        status,
        status_details: { type: status, reason },
        output: this.output,
        usage,
      },
    });
  }
}

/** One connection to the stand-in. */
export class ScriptedSession {
  readonly received: Event[] = [];
  readonly audioMs = new Map<string, number>();
  readonly openCalls = new Set<string>();
  /** Answers to calls, by call. */
  readonly answers = new Map<string, string[]>();
  active: ScriptedTurn | null = null;
  isClosed = false;
  /** Where the rules of the protocol were broken. */
  readonly faults: string[] = [];
  private heard = '';
  private session: Record<string, unknown> = { type: 'realtime', output_modalities: ['audio'] };

  constructor(
    private readonly server: FakeOpenAi,
    private readonly socket: WebSocket,
    readonly authorization: string,
  ) {
    this.send({ type: 'session.created', session: this.session });
    socket.on('message', (data: Buffer) => {
      this.take(JSON.parse(data.toString('utf8')) as Event);
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
  }

  nextId(kind: string): string {
    return this.server.nextId(kind);
  }

  send(event: Event): void {
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ event_id: this.nextId('event'), ...event }));
  }

  error(code: string, eventId?: unknown): void {
    this.send({
      type: 'error',
      error: { type: 'invalid_request_error', code, message: code, param: null, event_id: eventId ?? null },
    });
  }

  /** The trader speaks: an answer under way ends, and a pause ends the turn. */
  hears(words: string, usage: object = { type: 'duration', seconds: 1 }): void {
    const itemId = this.nextId('item');
    this.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: itemId });
    this.active?.end('cancelled', 'turn_detected');
    this.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 1_000, item_id: itemId });
    this.send({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: null });
    const audio = this.session['audio'] as {
      input: { turn_detection: { create_response?: boolean } | null };
    };
    this.heard = words;
    if (audio.input.turn_detection?.create_response !== false) this.begin();
    this.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript: words,
      usage,
    });
  }

  /** Breaks off as a network does. */
  cut(): void {
    this.socket.terminate();
  }

  private take(event: Event): void {
    this.received.push(event);
    if (this.received.length === 1 && event.type !== 'session.update')
      this.faults.push(`first frame was ${event.type}`);
    const item = event['item'] as {
      id?: string;
      type: string;
      call_id: string;
      output: string;
      content?: { text: string }[];
    };
    switch (event.type) {
      case 'session.update':
        this.session = { ...this.session, ...(event['session'] as object) };
        this.send({ type: 'session.updated', session: this.session });
        return;
      case 'conversation.item.create': {
        if (item.type === 'function_call_output') {
          this.answers.set(item.call_id, [...(this.answers.get(item.call_id) ?? []), item.output]);
          this.heard = item.output;
        } else if ((item as { role?: string }).role === 'user') this.heard = item.content?.[0]?.text ?? '';
        const added = { ...item, id: item.id ?? this.nextId('item') };
        this.send({ type: 'conversation.item.added', previous_item_id: null, item: added });
        this.send({ type: 'conversation.item.done', previous_item_id: null, item: added });
        return;
      }
      case 'conversation.item.truncate': {
        const most = this.audioMs.get(String(event['item_id'])) ?? -1;
        if (Number(event['audio_end_ms']) > most) this.error('invalid_value', event['event_id']);
        else this.send({ ...event, type: 'conversation.item.truncated' });
        return;
      }
      case 'input_audio_buffer.commit':
        this.error('input_audio_buffer_commit_empty', event['event_id']);
        return;
      case 'response.create': {
        if (this.active !== null) {
          this.faults.push('two responses at once');
          this.error('conversation_already_has_active_response', event['event_id']);
          return;
        }
        if ([...this.openCalls].some((call) => !this.answers.has(call)))
          this.faults.push('asked before every call was answered');
        const asked = (event['response'] as { output_modalities?: string[] } | undefined)?.output_modalities;
        this.begin((asked ?? (this.session['output_modalities'] as string[]))[0]);
        return;
      }
      case 'response.cancel':
        if (this.active === null) this.error('response_cancel_not_active', event['event_id']);
        else this.active.end('cancelled', 'client_cancelled');
    }
  }

  private begin(modality = 'audio'): void {
    const turn = new ScriptedTurn(this, this.heard, modality);
    this.active = turn;
    void this.server.script(turn);
  }
}

/** A stand-in for OpenAI's Realtime API: its protocol over a real socket, its answers by a script. */
export class FakeOpenAi {
  readonly sessions: ScriptedSession[] = [];
  /** Status of the handshake in place of a connection. */
  refuseWith: number | null = null;
  private count = 0;

  private constructor(
    private readonly server: WebSocketServer,
    public script: Script,
  ) {
    server.on('connection', (socket, request) => {
      this.sessions.push(new ScriptedSession(this, socket, request.headers.authorization ?? ''));
    });
  }

  static async start(script: Script = answerWithTool): Promise<FakeOpenAi> {
    const fakes: FakeOpenAi[] = [];
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      verifyClient: (_info, decide) => {
        const status = fakes[0]?.refuseWith ?? null;
        if (status === null) decide(true);
        else decide(false, status);
      },
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const fake = new FakeOpenAi(server, script);
    fakes.push(fake);
    return fake;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/realtime`;
  }

  get last(): ScriptedSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('nobody has connected');
    return session;
  }

  nextId(kind: string): string {
    return `${kind}_${++this.count}`;
  }

  async stop(): Promise<void> {
    for (const client of this.server.clients) client.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Looks the price up, then says it; ends a little later, so that an interruption can come before. */
export function answerWithTool(turn: ScriptedTurn): void {
  if (turn.heard.startsWith('{')) {
    const price = (JSON.parse(turn.heard) as { data?: { price?: number } }).data?.price;
    turn.say(price === undefined ? 'I do not know that.' : `ACME is at ${price.toFixed(2)}.`);
  } else turn.call('get_quote', { symbol: 'ACME' });
  setTimeout(() => {
    turn.end();
  }, 30);
}
