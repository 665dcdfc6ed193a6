import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BarQuery } from '../cache/index.js';
import type { HistoryService } from './history.service.js';
import { KnownQuestions, MAX_QUESTIONS } from './known-questions.js';

const URL_OF_CHART = '/api/history?symbol=SPY&limit=2';
const QUERY: BarQuery = { symbol: 'SPY', timeframe: '1m', limit: 2 };

/** What memory holds of each question; a missing one has to be read from the database. */
let inMemory = new Map<BarQuery, string>();
let known: KnownQuestions;
const server = createServer((req, res) => {
  known.answer(req, res, () => res.writeHead(204).end());
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  inMemory = new Map([[QUERY, '[1,2]']]);
  known = new KnownQuestions({
    barsJsonInMemory: (query: BarQuery) => {
      const body = inMemory.get(query);
      return body === undefined ? undefined : Buffer.from(body);
    },
  } as unknown as HistoryService);
});

async function ask(path: string, method = 'GET'): Promise<{ answer: IncomingMessage; body: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => {
        resolve({ answer, body });
      });
    })
      .on('error', reject)
      .end();
  });
}

const isHandedOn = async (path: string, method?: string): Promise<boolean> =>
  (await ask(path, method)).answer.statusCode === 204;

describe('questions that were answered before', () => {
  it('are answered with what memory holds now, and with every header', async () => {
    known.remember(URL_OF_CHART, QUERY);
    expect((await ask(URL_OF_CHART)).body).toBe('[1,2]');
    inMemory.set(QUERY, '[2,3]');
    const { answer, body } = await ask(URL_OF_CHART);
    expect(body).toBe('[2,3]');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-length': '5',
    });
  });

  it('are handed on when they are new, another method, or not all in memory', async () => {
    expect(await isHandedOn(URL_OF_CHART)).toBe(true);
    known.remember(URL_OF_CHART, QUERY);
    expect(await isHandedOn(URL_OF_CHART, 'POST')).toBe(true);
    expect(await isHandedOn(`${URL_OF_CHART}&limit[]=5`)).toBe(true);
    expect(await isHandedOn(URL_OF_CHART)).toBe(false);
    inMemory.clear();
    expect(await isHandedOn(URL_OF_CHART)).toBe(true);
  });

  it('are bounded in number and length; the oldest goes first', async () => {
    for (let i = 0; i <= MAX_QUESTIONS; i++) known.remember(`/api/history?symbol=SPY&before=${i}`, QUERY);
    expect(await isHandedOn('/api/history?symbol=SPY&before=0')).toBe(true);
    expect(await isHandedOn('/api/history?symbol=SPY&before=1')).toBe(false);
    expect(await isHandedOn(`/api/history?symbol=SPY&before=${MAX_QUESTIONS}`)).toBe(false);
    const long = `/api/history?symbol=SPY&before=${'1'.repeat(300)}`;
    known.remember(long, QUERY);
    expect(await isHandedOn(long)).toBe(true);
  });
});
