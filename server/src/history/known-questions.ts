import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { BarQuery } from '../cache/index.js';
import { HistoryService } from './history.service.js';
import { sendBars } from './send-bars.js';

/** Questions that are kept, so that made-up ones cannot fill the memory. */
export const MAX_QUESTIONS = 2_000;
const MAX_URL_LENGTH = 256;

/**
 * Answers a URL of `GET /api/history` that was answered before without routing, parsing and checking it again, which
 * cost more than the answer: everybody who opens the same chart asks for the same URL. What is kept is the checked
 * question, never the answer. Stands in front of the router, behind whatever decides who may ask.
 */
@Injectable()
export class KnownQuestions {
  private readonly queries = new Map<string, BarQuery>();

  constructor(private readonly history: HistoryService) {}

  /** Keeps a question that has passed every check. The oldest gives way beyond {@link MAX_QUESTIONS}. */
  remember(url: string, query: BarQuery): void {
    if (url.length > MAX_URL_LENGTH || this.queries.has(url)) return;
    this.queries.set(url, query);
    if (this.queries.size <= MAX_QUESTIONS) return;
    for (const oldest of this.queries.keys()) {
      this.queries.delete(oldest);
      break;
    }
  }

  /** The middleware. Hands on what it does not know and what memory alone cannot answer. */
  readonly answer = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const query = request.method === 'GET' ? this.queries.get(request.url ?? '') : undefined;
    const body = query === undefined ? undefined : this.history.barsJsonInMemory(query);
    if (body === undefined) next();
    else sendBars(response, body);
  };
}
