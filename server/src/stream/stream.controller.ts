import { Controller, Headers, Query, Res, Sse, type MessageEvent } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { defer, finalize, type Observable } from 'rxjs';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import { CurrentUser, type Identity } from '../auth/index.js';
import { badField } from '../common/problem.exception.js';
import { ReplayedMarkets, SymbolDesk, type ReplayedMarket } from '../market/index.js';
import { parseCursor } from './cursor.js';
import type { OpenStream } from './open-stream.js';
import { ReplayStreams } from './replay-streams.js';
import { StreamHub } from './stream-hub.js';
import { streamQuerySchema, timeframesIn, type StreamQuery } from './stream-query.js';

const eventsSchema = z.string().meta({
  example:
    'retry: 2317\n\nevent: bootstrap\ndata: {"epoch":{"id":"e1","startMs":1762874040000},"timeframe":"1m"}\n\n',
});

/** The live stream. A lasting fault of the request is refused here; anything passing is told inside an open stream. */
@ApiTags('stream')
@Controller(['realtime/sse', 'stream/market'])
export class StreamController {
  constructor(
    private readonly hub: StreamHub,
    private readonly symbols: SymbolDesk,
    private readonly replays: ReplayedMarkets,
    private readonly replayStreams: ReplayStreams,
  ) {}

  @Sse()
  @ApiOperation({ summary: 'Server-sent events: bootstrap, epoch, bar, alert, microbar, tape, status, ping' })
  @Answers(eventsSchema, { description: 'Events until either side ends them', type: 'text/event-stream' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'cursor to resume from, or a bare seq' })
  stream(
    @Query({ schema: streamQuerySchema }) query: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) response: Response,
    @CurrentUser() { userId }: Identity,
  ): Observable<MessageEvent> | Promise<Observable<MessageEvent>> {
    const open = (replay: ReplayedMarket | null = null): Observable<MessageEvent> =>
      this.open(query, lastEventId, response, userId, replay);
    if (query.replay !== undefined) return open(this.replayOf(query, response.req, query.replay));
    if ([...query.symbols].every((symbol) => this.symbols.isFollowed(symbol))) return open();
    return this.symbols.require(query.symbols, 'symbols').then(() => open());
  }

  private open(
    query: StreamQuery,
    lastEventId: string | undefined,
    response: Response,
    userId: number,
    replay: ReplayedMarket | null,
  ): Observable<MessageEvent> {
    const timeframes = timeframesIn(query.timeframe) ?? new Set();
    if (query.sinceSeq !== undefined && timeframes.size > 1) {
      throw badField(
        'sinceSeq',
        'goes with one timeframe; with several resume with the id of the last event',
      );
    }
    const tape = query.tape ?? new Set<string>();
    const strangers = [...tape].filter((symbol) => !query.symbols.has(symbol));
    if (strangers.length > 0)
      throw badField('tape', `${strangers.join(', ')} not among the symbols of this stream`);
    // Where both come the header wins: on its own reconnects a browser repeats the URL with its outdated query.
    const shown = lastEventId === undefined || lastEventId === '' ? query.lastEventId : lastEventId;
    const request: OpenStream = {
      response,
      ownerId: userId,
      symbols: query.symbols,
      timeframes,
      tape,
      sinceSeq: query.sinceSeq,
      cursor: shown === undefined || shown === '' ? undefined : parseCursor(shown),
    };
    if (replay !== null) return this.replayStreams.open(replay, request);
    const events = this.hub.open(request);
    // Whoever reads a stream wants its symbols followed.
    return defer(() => events.pipe(finalize(this.symbols.hold(query.symbols))));
  }

  private replayOf({ symbols }: StreamQuery, request: Request, id: string): ReplayedMarket {
    const replay = this.replays.find(request, id);
    const unknown = [...symbols].filter((symbol) => replay.symbolInfo(symbol) === undefined);
    if (unknown.length > 0) throw badField('symbols', `${unknown.join(', ')} not in this replay`);
    return replay;
  }
}
