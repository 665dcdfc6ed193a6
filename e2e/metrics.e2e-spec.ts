import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { untilPlayed } from './kit/bars.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { findTestProgram } from './kit/test-program.js';
import { writeSyntheticDay } from './kit/trade-files.js';

/** Dashboards of other people rest on these. */
const FIXED = [
  'spotlight_sse_connections',
  'spotlight_sse_dropped_total',
  'spotlight_polygon_empty_total',
  'spotlight_ring_size',
  'spotlight_ring_evictions_total',
];

/** What an operator looks at besides, as docs/operations and the shipped dashboard name it. */
const NAMED = [
  'spotlight_sse_resumes_total',
  'spotlight_sse_conflated_total',
  'spotlight_history_answers_total',
  'spotlight_feed_rejected_total',
  'spotlight_feed_messages_total',
  'spotlight_feed_reconnects_total',
  'spotlight_feed_condition_differences',
  'spotlight_feed_lag_seconds',
  'spotlight_late_trades_total',
  'spotlight_bar_delay_seconds',
  'spotlight_trade_to_stream_seconds',
  'spotlight_leader',
  'nodejs_eventloop_lag_p99_seconds',
];

const promtool = findTestProgram('promtool');
const testWithPromtool = typeof promtool === 'string' ? test.skip : test;
if (typeof promtool === 'string') process.stderr.write(`no promtool, its tests are skipped: ${promtool}\n`);

function runPromtool(
  args: string[],
  options: { input?: string; cwd?: string },
): { status: number | null; output: string } {
  if (typeof promtool === 'string') throw new Error(promtool);
  const { status, stdout, stderr } = spawnSync(promtool.program, args, { ...options, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('metrics', () => {
  let app: RunningApp;
  let text: string;

  beforeAll(async () => {
    const file = await writeSyntheticDay(await makeTempDir('metrics'), 'ACME', { seed: 1, minutes: 150 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max', RING_BUFFER_CAP: '100' });
    await untilPlayed(app);
    await app.get('/api/history?symbol=ACME&limit=10');
    await app.get('/api/history?symbol=ACME&limit=10');
    text = (await app.get('/api/metrics')).text;
  });

  const valueOf = (sample: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
    if (line === undefined) throw new Error(`there is no ${sample}`);
    return Number(line.slice(sample.length + 1));
  };

  test.each(FIXED)('%s is there, described and with a value', (name) => {
    expect(text).toContain(`# HELP ${name} `);
    expect(text).toMatch(new RegExp(`^${name}(\\{[^}]*\\})? [\\d.]+$`, 'm'));
  });

  test.each(NAMED)('%s is there and described', (name) => {
    expect(text).toContain(`# HELP ${name} `);
  });

  test('rings are told by symbol and timeframe, and what they let go of', () => {
    expect(valueOf('spotlight_ring_size{symbol="ACME",timeframe="1m"}')).toBe(100);
    expect(valueOf('spotlight_ring_evictions_total{symbol="ACME",timeframe="1m"}')).toBeGreaterThan(0);
  });

  test('requests for bars are told by what answered them', () => {
    expect(valueOf('spotlight_history_answers_total{tier="memory"}')).toBe(1);
    expect(valueOf('spotlight_history_answers_total{tier="answer"}')).toBe(1);
  });

  test('every name has the prefix, or is one every Node process has', () => {
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    expect(names.filter((name) => !/^(spotlight|process|nodejs)_/.test(name))).toEqual([]);
  });

  test('the JSON twin says the same', async () => {
    const twin =
      await app.json<{ name: string; type: string; values: { value: number }[] }[]>('/api/metrics/json');
    const ring = twin.find(({ name }) => name === 'spotlight_ring_size');
    expect(ring).toMatchObject({ type: 'gauge' });
    expect(ring!.values.map(({ value }) => value)).toContain(100);
  });

  testWithPromtool('promtool finds nothing to say about them', () => {
    expect(runPromtool(['check', 'metrics'], { input: text })).toEqual({ status: 0, output: '' });
  });

  testWithPromtool('the alert rules are sound, and fire when they should', () => {
    const cwd = 'deploy/prometheus';
    expect(runPromtool(['check', 'rules', 'alerts.yml'], { cwd })).toMatchObject({ status: 0 });
    expect(runPromtool(['test', 'rules', 'alerts.test.yml'], { cwd })).toMatchObject({ status: 0 });
  });

  test('alert rules and dashboard ask for metrics that exist', () => {
    const asked = ['deploy/prometheus/alerts.yml', 'deploy/grafana/spotlight-trader.json'].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b((?:spotlight|nodejs|process)_[a-z0-9_]+)\b/g)].map(
        ([, name]) => name!.replace(/_bucket$/, ''),
      ),
    );
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(20);
  });
});
