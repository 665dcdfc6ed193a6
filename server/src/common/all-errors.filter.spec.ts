import {
  BadRequestException,
  Controller,
  Get,
  HttpException,
  Logger,
  Param,
  PayloadTooLargeException,
  Query,
  StandardSchemaValidationPipe,
} from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { problemSchema, type Problem } from '@libs/contract';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { AllErrorsFilter } from './all-errors.filter.js';
import { badField, ProblemException } from './problem.exception.js';
import { problemOfIssues } from './problem-of-issues.js';

const SECRET = 'postgres://desk:hunter2@db';

const faults: Readonly<Record<string, () => unknown>> = {
  'an error': () => new Error(`connect ${SECRET}`),
  'a text': () => SECRET,
  nothing: () => undefined,
  null: () => null,
  'an object': () => ({ message: SECRET, status: 400 }),
  'a 5xx of the framework': () => new HttpException({ message: SECRET, sql: SECRET }, 502),
  'an absurd status': () => Object.assign(new Error(SECRET), { status: 200 }),
  'a status that is text': () => Object.assign(new Error(SECRET), { status: 'ECONNREFUSED' }),
};

const querySchema = z.object({
  limit: z.string().regex(/^\d+$/, 'limit must be a whole number'),
  symbol: z.string('symbol is required'),
});

@Controller()
class FaultyController {
  @Get('faults/:name')
  fault(@Param('name') name: string): never {
    throw faults[name]?.();
  }

  @Get('checked')
  checked(@Query({ schema: querySchema }) query: z.infer<typeof querySchema>): unknown {
    return query;
  }

  @Get('field')
  field(): never {
    throw badField('symbol', 'IBM is not carried here');
  }

  @Get('busy')
  busy(): never {
    throw new ProblemException({ status: 503, detail: 'All streams are taken.', retryAfterS: 3 });
  }

  @Get('locked')
  locked(): never {
    throw new ProblemException({ status: 401, detail: 'This needs a session.' });
  }

  @Get('too-large')
  tooLarge(): never {
    throw new PayloadTooLargeException('more than 64 KiB');
  }

  @Get('bad')
  bad(): never {
    throw new BadRequestException('no\r\nX-Injected: 1');
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly problem: Problem;
  readonly text: string;
}

describe('S-ER1: error answers', () => {
  let app: NestExpressApplication;
  const logged = jest.spyOn(Logger.prototype, 'error');

  beforeAll(async () => {
    const module = await Test.createTestingModule({ controllers: [FaultyController] }).compile();
    app = module.createNestApplication<NestExpressApplication>();
    app.useGlobalFilters(new AllErrorsFilter());
    app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: problemOfIssues }));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => {
    logged.mockReset().mockImplementation(() => undefined);
  });

  /** The raw path reaches the server as it is: no client tidies it up. */
  async function ask(path: string, { method = 'GET', body = '' } = {}): Promise<Answer> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const headers = body === '' ? {} : { 'content-type': 'application/json' };
      const asking = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          const problem = problemSchema.strict().parse(JSON.parse(text));
          resolve({ status: response.statusCode ?? 0, headers: response.headers, problem, text });
        });
      });
      asking.on('error', reject).end(body);
    });
  }

  it.each(Object.keys(faults))(
    '%s thrown: 500 or so, not a word of what it said, and the log has it',
    async (name) => {
      const { status, headers, problem, text } = await ask(`/faults/${encodeURIComponent(name)}`);
      expect(status).toBe(name === 'a 5xx of the framework' ? 502 : 500);
      expect(problem).toEqual({
        type: 'about:blank',
        title: status === 502 ? 'Bad Gateway' : 'Internal Server Error',
        status,
        detail: 'The server could not answer. Its log has the reason.',
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(text).not.toMatch(/hunter2|\.ts|at /);
      expect(logged).toHaveBeenCalledTimes(1);
      expect(String(logged.mock.calls[0]?.[0])).toContain(problem.request_id);
    },
  );

  it('a schema that finds faults: 400 with every field', async () => {
    const { status, problem } = await ask('/checked?limit=x');
    expect(status).toBe(400);
    expect(problem.errors).toEqual([
      { path: 'limit', message: 'limit must be a whole number' },
      { path: 'symbol', message: 'symbol is required' },
    ]);
    expect(problem.detail).toBe('limit must be a whole number; symbol is required');
    expect(logged).not.toHaveBeenCalled();
  });

  it('one bad field', async () => {
    const { status, problem } = await ask('/field');
    expect([status, problem.detail]).toEqual([400, 'symbol IBM is not carried here']);
    expect(problem.errors).toEqual([{ path: 'symbol', message: 'IBM is not carried here' }]);
  });

  it('a refusal for want of a session names a scheme no browser has a dialog for', async () => {
    const { status, headers } = await ask('/locked');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Session realm="Spotlight Trader"']);
  });

  it('carries the id that was put on the answer, or one of its own', async () => {
    const { headers, problem } = await ask('/field');
    expect(problem.request_id).toBe(headers['x-request-id']);
  });

  it('a passing trouble says when to try again', async () => {
    const { status, headers, problem } = await ask('/busy');
    expect([status, headers['retry-after'], problem.detail]).toEqual([503, '3', 'All streams are taken.']);
  });

  it.each(['/nothing', '/nothing?symbol=SPY', '/faults', '/api/%00', '/<script>'])(
    '%s: 404 in the same shape',
    async (path) => {
      const { status, problem } = await ask(path);
      expect([status, problem.title]).toEqual([404, 'Not Found']);
      expect(problem.detail).toBe(`There is nothing at ${path.split('?')[0]}.`);
      expect(logged).not.toHaveBeenCalled();
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s where only GET is: 404', async (method) => {
    expect((await ask('/checked', { method })).status).toBe(404);
  });

  it('a path that cannot be decoded: 400', async () => {
    const { status, problem } = await ask('/faults/%E0%A4%A');
    expect([status, problem.title]).toEqual([400, 'Bad Request']);
    expect(logged).not.toHaveBeenCalled();
  });

  it('a body that is not JSON: 400', async () => {
    const { status } = await ask('/checked', { method: 'POST', body: '{"a":' });
    expect(status).toBe(400);
  });

  it('other faults of the request keep their status and say what is wrong, on one line', async () => {
    const tooLarge = await ask('/too-large');
    expect([tooLarge.status, tooLarge.problem.detail]).toEqual([413, 'more than 64 KiB']);
    const bad = await ask('/bad');
    expect([bad.status, bad.problem.detail]).toEqual([400, 'no X-Injected: 1']);
  });
});
