import { Logger } from '@nestjs/common';
import type { EpochMs, Timeframe } from '@libs/bars';
import type { ClientEvent } from '@libs/contract';
import type { CoachService, DeskTime } from '../../coach/index.js';
import type { Clock } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { ServerEvent } from '../coach-link.port.js';
import { newId } from '../protocol.js';
import { HeardItem } from './heard-item.js';
import type { NewLine, TranscriptBook } from './transcript-book.js';

/** Messages of which more or less may turn out to be heard; the oldest are settled. */
const MOST_OPEN = 50;

/** Needed to write down a conversation. */
export interface RecorderParts {
  readonly book: Pick<TranscriptBook, 'add' | 'shorten'>;
  readonly clock: Clock;
  readonly time: Pick<DeskTime, 'nowMs'>;
  readonly brain: Pick<CoachService, 'symbolIn'>;
}

/** A message with its place in the book. */
interface OpenItem {
  readonly heard: HeardItem;
  readonly responseId: string;
  /** When its answer began. */
  readonly saidMs: EpochMs;
  readonly atMs: EpochMs;
  /** Its line once it is written, `null` where that failed or nothing was heard. */
  line: Promise<number | null> | null;
  written: string;
}

/** Writes down one conversation from its events, whichever coach speaks: words as they were heard, and never sound. */
export class TranscriptRecorder {
  private readonly logger = new Logger('voice');
  private readonly conversation = newId('conv');
  private readonly items = new Map<string, OpenItem>();
  private chart: { readonly symbol: string; readonly timeframe: Timeframe } | null = null;
  /** Symbol spoken of last. */
  private focus: string | null = null;
  private response: { readonly id: string; readonly saidMs: EpochMs; readonly atMs: EpochMs } | null = null;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: RecorderParts,
    private readonly ownerId: number,
  ) {}

  /** What the client sent, once it was taken. */
  client(event: ClientEvent): void {
    if (event.type === 'spotlight.chart') {
      const { symbol, timeframe } = event;
      if (symbol !== this.chart?.symbol) this.focus = null;
      this.chart = { symbol, timeframe };
    } else if (event.type === 'conversation.item.create')
      this.trader(event.item.content.map(({ text }) => text).join(' '));
  }

  /** What the coach told the client. */
  server(event: ServerEvent): void {
    switch (event.type) {
      case 'conversation.item.input_audio_transcription.completed':
        this.trader(String(event['transcript']));
        return;
      case 'response.created':
        this.response = { id: (event['response'] as { id: string }).id, ...this.now() };
        return;
      case 'response.output_audio_transcript.delta':
      case 'response.output_text.delta':
        this.item(event)?.heard.addWords(String(event['delta']));
        return;
      case 'response.output_audio.delta':
        this.item(event)?.heard.addSound(String(event['delta']), this.parts.clock.nowMs());
        return;
      case 'spotlight.citation': {
        const item = this.item(event);
        const { symbol } = event['source'] as { symbol?: string };
        if (item !== null && symbol !== undefined) item.heard.symbol ??= symbol;
        return;
      }
      case 'conversation.item.truncated':
        this.truncated(String(event['item_id']), Number(event['audio_end_ms']));
        return;
      case 'response.done':
        this.done(event['response'] as { id: string; status: string });
    }
  }

  /** The line is gone: what was still being played was not heard. Resolves when everything is written. */
  async end(): Promise<void> {
    const nowMs = this.parts.clock.nowMs();
    for (const item of this.items.values()) this.write(item, item.heard.textAt(nowMs));
    this.items.clear();
    await this.tail;
  }

  private now(): { saidMs: EpochMs; atMs: EpochMs } {
    return { saidMs: this.parts.clock.nowMs(), atMs: this.parts.time.nowMs() };
  }

  private trader(said: string): void {
    const text = said.trim();
    if (text === '') return;
    this.focus = this.parts.brain.symbolIn(text) ?? this.focus;
    const line = { who: 'trader' as const, text, symbol: this.focus ?? this.chart?.symbol ?? null };
    void this.add({ ...line, ...this.now() });
  }

  /** The message an event belongs to; `null` for one that belongs to no answer. */
  private item(event: ServerEvent): OpenItem | null {
    const id = String(event['item_id']);
    const known = this.items.get(id);
    if (known !== undefined) return known;
    const { response } = this;
    if (response === null || response.id !== event['response_id']) return null;
    const { id: responseId, saidMs, atMs } = response;
    const item = { heard: new HeardItem(), responseId, saidMs, atMs, line: null, written: '' };
    this.items.set(id, item);
    const [oldest] = this.items.keys();
    if (this.items.size > MOST_OPEN && oldest !== undefined) this.items.delete(oldest);
    return item;
  }

  private done({ id, status }: { id: string; status: string }): void {
    const nowMs = this.parts.clock.nowMs();
    for (const item of this.items.values()) {
      if (item.responseId !== id) continue;
      if (status === 'completed') item.heard.complete();
      this.write(item, status === 'completed' ? item.heard.text : item.heard.textAt(nowMs));
    }
  }

  private truncated(itemId: string, heardMs: number): void {
    const item = this.items.get(itemId);
    if (item === undefined) return;
    item.heard.cut(heardMs);
    // Of an answer that is still coming, the line is written when it is over.
    if (item.line !== null) this.write(item, item.heard.text);
  }

  private write(item: OpenItem, text: string): void {
    if (text === item.written) return;
    item.written = text;
    if (item.line === null) {
      const { heard, saidMs, atMs } = item;
      const symbol = heard.symbol ?? this.focus ?? this.chart?.symbol ?? null;
      if (heard.symbol !== null) this.focus = heard.symbol;
      item.line = this.add({ who: 'coach', text, symbol, saidMs, atMs });
      return;
    }
    const { line } = item;
    void this.inTurn(async () => {
      const id = await line;
      if (id !== null) await this.parts.book.shorten(this.ownerId, id, text);
      return null;
    });
  }

  private add(line: Omit<NewLine, 'conversation' | 'timeframe'>): Promise<number | null> {
    const { conversation, chart } = this;
    return this.inTurn(() =>
      this.parts.book.add(this.ownerId, { ...line, conversation, timeframe: chart?.timeframe ?? null }),
    );
  }

  /** One after the other, so that lines are written in the order in which they were said. */
  private inTurn(write: () => Promise<number | null>): Promise<number | null> {
    const turn = this.tail.then(write).catch((fault: unknown) => {
      this.logger.warn(`a line of the coach's transcript could not be kept: ${messageOf(fault)}`);
      return null;
    });
    this.tail = turn;
    return turn;
  }
}
