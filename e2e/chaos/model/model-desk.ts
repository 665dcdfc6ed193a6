import type { Bar } from '@libs/bars';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../kit/bars.js';
import { onCleanup } from '../../kit/cleanup.js';
import { cursorParts } from '../checker/bar-facts.js';
import type { FinalSeries, Interval } from '../checker/recorded-run.js';
import { seriesText } from '../log/log-entry.js';
import type { Defect } from './defect.js';

const PUBLISH_MS = 8;
const PING_MS = 60;
const SILENCE_MS = 900;
const EPOCH_ID = 'emodel';
/** Places in the log for each bar: its own, and those of what it gave rise to. */
const PLACES = 10;
const ALERT_PLACE = 1;
const BARS_PER_ALERT = 25;

interface Client {
  readonly response: ServerResponse;
  readonly symbols: ReadonlySet<string>;
  readonly isResumed: boolean;
  /** Offset of the next bar to be looked at. */
  next: number;
  sent: number;
}

/** Starts a model; it is closed when the spec file is over. */
export async function startModelDesk(bars: readonly Bar[], defect: Defect | null): Promise<ModelDesk> {
  const desk = new ModelDesk(bars, defect);
  onCleanup(() => desk.close());
  await desk.listen();
  return desk;
}

/**
 * A desk that plays bars in log order to whoever connects, as the contract says, with one mistake built in on demand. It
 * breaks its connections now and then. Its only use is to show that the checker finds the mistake.
 */
export class ModelDesk {
  readonly feedDown: Interval[] = [];
  private readonly server: Server;
  private readonly clients = new Set<Client>();
  private timers: ReturnType<typeof setInterval>[] = [];
  private published = 0;
  private hasCrashed = false;
  private silentUntilMs = -Infinity;

  /** `bars[i]` stands at offset `i + 1`. */
  constructor(
    private readonly bars: readonly Bar[],
    private readonly defect: Defect | null,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get isOver(): boolean {
    return this.published >= this.bars.length;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        resolve();
      });
    });
  }

  /** Starts to publish. */
  play(): void {
    this.timers = [
      setInterval(() => {
        this.publish();
      }, PUBLISH_MS),
      setInterval(() => {
        for (const client of this.clients) this.ping(client);
      }, PING_MS),
    ];
  }

  /** What it says of its series when everything is over. */
  finals(): FinalSeries[] {
    const series = new Map<string, Bar[]>();
    for (const bar of this.history()) {
      const key = seriesText(bar);
      series.set(key, [...(series.get(key) ?? []), bar]);
    }
    const isWrong = this.defect === 'a digest over other bars';
    return [...series].map(([name, bars]) => ({
      instance: 'model',
      series: name,
      bars,
      sha256: digestOf(isWrong ? bars.slice(1) : bars),
    }));
  }

  close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private get half(): number {
    return Math.floor(this.bars.length / 2);
  }

  private history(): Bar[] {
    const published = this.bars.slice(0, this.published);
    const isMissing = this.defect === 'a bar missing in history and on the stream';
    return isMissing ? published.filter((_, index) => index !== this.half) : published;
  }

  private publish(): void {
    const nowMs = performance.now();
    if (nowMs < this.silentUntilMs || this.isOver) return;
    this.published++;
    if (this.published === this.half && !this.hasCrashed) this.onHalf(nowMs);
    for (const client of this.clients) this.bringUpToDate(client);
    // Every client loses its line now and then.
    for (const client of [...this.clients]) if (client.sent > 40) client.response.destroy();
  }

  private onHalf(nowMs: number): void {
    this.hasCrashed = true;
    if (this.defect === 'stale data shown as live') {
      this.silentUntilMs = nowMs + SILENCE_MS;
      this.feedDown.push({ fromMs: nowMs, toMs: this.silentUntilMs });
    }
    if (this.defect !== 'a bar acknowledged before it was committed, then lost in a crash') return;
    this.published -= 12;
    for (const { response } of this.clients) response.destroy();
  }

  private answer({ url = '/', headers }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://model');
    if (pathname === '/api/history') {
      const bars = this.history().filter(
        ({ symbol, seq }) =>
          symbol === searchParams.get('symbol') && seq > Number(searchParams.get('sinceSeq')),
      );
      response.setHeader('content-type', 'application/json').end(JSON.stringify(bars));
      return;
    }
    const shown = headers['last-event-id'] ?? searchParams.get('lastEventId');
    this.open(
      response,
      searchParams.get('symbols')?.split(',') ?? [],
      typeof shown === 'string' ? shown : null,
    );
  }

  private open(response: ServerResponse, symbols: readonly string[], shown: string | null): void {
    const place = cursorParts(shown)?.offset ?? null;
    const offset = place === null ? null : Math.floor(place / PLACES);
    const isAhead = offset !== null && offset > this.published;
    const verdict = offset === null ? 'new' : isAhead ? 'reset' : 'exact';
    const client: Client = {
      response,
      symbols: new Set(symbols),
      isResumed: verdict === 'exact',
      next: verdict === 'exact' ? this.offsetBehind(offset as number) : this.published + 1,
      sent: 0,
    };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 30\n\n');
    const cursor = cursorAt(this.published, ALERT_PLACE);
    const resume = isAhead ? { verdict, reason: 'the cursor is ahead of the log' } : { verdict };
    this.send(response, 'bootstrap', {
      epoch: { id: EPOCH_ID, startMs: 0 },
      resume,
      cursor,
      heartbeat_ms: PING_MS,
    });
    this.send(response, 'status', { state: 'live', source: 'model', reason: 'all is well', ts: 0 });
    this.clients.add(client);
    const last = client.isResumed ? this.bars[(offset as number) - 1] : undefined;
    // The line broke between a bar and its alert.
    if (last !== undefined && place !== null && place % PLACES === 0)
      this.sendAlert(client, last, offset as number);
    response.once('close', () => this.clients.delete(client));
    this.bringUpToDate(client);
  }

  private offsetBehind(offset: number): number {
    switch (this.defect) {
      case 'a resume that skips the first bar behind the cursor':
        return offset + 2;
      case 'a resume that repeats the bar at the cursor':
        return Math.max(1, offset);
      case 'a resume by seq, which loses the other symbol of the same minute': {
        const seq = this.bars[offset - 1]?.seq ?? 0;
        const index = this.bars.findIndex((bar) => bar.seq > seq);
        return index < 0 ? offset + 1 : index + 1;
      }
      default:
        return offset + 1;
    }
  }

  private bringUpToDate(client: Client): void {
    for (; client.next <= this.published; client.next++) {
      const bar = this.bars[client.next - 1];
      if (bar !== undefined && client.symbols.has(bar.symbol)) this.sendBar(client, bar, client.next);
    }
  }

  private sendBar(client: Client, bar: Bar, offset: number): void {
    const { response } = client;
    const { defect } = this;
    const nth = ++client.sent;
    if (defect === 'events of a slow reader dropped and the stream kept open' && nth % 15 === 0) return;
    if (defect === 'a bar missing in history and on the stream' && offset === this.half + 1) return;
    if (defect === 'bars of a replay on the live stream' && nth === 10) {
      this.send(response, 'bar', { ...bar, seq: bar.seq - 1_440 }, cursorAt(offset));
    }
    const wrongCursor = defect === 'a cursor that stands for two bars, as two leaders give them';
    const shift = wrongCursor && client.isResumed ? 1 : 0;
    this.send(response, 'bar', this.spoiltBar(client, bar, offset), cursorAt(offset + shift));
    if (defect === 'bars out of order' && nth === 12) {
      const before = this.bars.slice(0, offset - 1).findLast(({ symbol }) => symbol === bar.symbol);
      if (before !== undefined) {
        const late = this.bars
          .slice(0, this.bars.indexOf(before))
          .findLast(({ symbol }) => symbol === bar.symbol);
        if (late !== undefined) this.send(response, 'bar', { ...late, rev: 0 }, cursorAt(offset));
      }
    }
    this.sendAlert(client, bar, offset);
  }

  private sendAlert({ response, symbols }: Client, { symbol, timeframe, seq }: Bar, offset: number): void {
    if (offset % BARS_PER_ALERT !== 0 || !symbols.has(symbol)) return;
    const alert = { id: `r1:${symbol}:${timeframe}:${seq}`, symbol, timeframe, seq };
    this.send(response, 'alert', alert, cursorAt(offset, ALERT_PLACE));
    if (this.defect === 'an alert sent twice')
      this.send(response, 'alert', alert, cursorAt(offset, ALERT_PLACE + 1));
  }

  private spoiltBar({ isResumed }: Client, bar: Bar, offset: number): Bar {
    if (this.defect === 'a seq off by one' && offset > this.half)
      return { ...bar, seq: bar.seq + 1_000_000, prev_seq: bar.prev_seq };
    if (this.defect === 'a final bar that is changed afterwards' && isResumed && offset % 9 === 0)
      return { ...bar, ohlcv: { ...bar.ohlcv, v: bar.ohlcv.v + 1 } };
    return bar;
  }

  private ping({ response, next }: Client): void {
    const id = this.defect === 'an id on a ping' ? cursorAt(next) : undefined;
    this.send(response, 'ping', { ts: 0, buffered: 0, dropped: 0 }, id);
  }

  private send(response: ServerResponse, name: string, data: unknown, id?: string): void {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    response.write(`event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
  }
}

function cursorAt(offset: number, place = 0): string {
  return `${EPOCH_ID}-${offset * PLACES + place}`;
}
