import { describe, expect, it } from '@jest/globals';
import { classify } from './routes.js';

describe('what needs a session', () => {
  it.each([
    'GET /api/history',
    'GET /API/History',
    'GET /api/history/',
    'GET /api',
    'GET /api/nothing',
    'GET /tools/quote',
    'GET /realtime/sse',
    'GET /stream/market',
    'GET /api/docs',
    'GET /api/docs-json',
    'GET /api/docs/swagger-ui.css',
    'GET /api/metrics',
    'GET /api/diag',
    'POST /api/auth/logout',
    'GET /api/auth/pin',
    'POST /api/auth/session',
    'DELETE /health',
    'POST /ready',
    'PUT /api/rules/1',
  ])('%s', (asked) => {
    const [method = '', path = ''] = asked.split(' ');
    expect(classify(method, path).isGuarded).toBe(true);
  });

  it.each([
    'GET /health',
    'HEAD /health',
    'GET /health/',
    'GET /ready',
    'POST /api/auth/pin',
    'GET /api/auth/session',
    'GET /',
    'GET /main-ABCDEFGH.js',
    'GET /healthy',
    'GET /apis',
  ])('not %s', (asked) => {
    const [method = '', path = ''] = asked.split(' ');
    expect(classify(method, path).isGuarded).toBe(false);
  });

  it('operators read metrics, diag and docs, and change nothing', () => {
    expect(classify('GET', '/api/metrics').isForOperators).toBe(true);
    expect(classify('GET', '/api/metrics/json').isForOperators).toBe(true);
    expect(classify('GET', '/api/docs-json').isForOperators).toBe(true);
    expect(classify('POST', '/api/metrics').isForOperators).toBe(false);
    expect(classify('GET', '/api/history').isForOperators).toBe(false);
    expect(classify('GET', '/api/diagnosis').isForOperators).toBe(false);
  });
});
