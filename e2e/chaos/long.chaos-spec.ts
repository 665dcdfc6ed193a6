import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { startPostgres } from '../kit/postgres.js';
import { startRedis } from '../kit/redis.js';
import { findTestProgram } from '../kit/test-program.js';
import type { RunResult } from './report/run-result.js';
import { tableOf } from './report/table.js';
import { runChaos } from './run-chaos.js';
import type { SharedServers } from './stage/stage.js';
import type { Profile } from './stage/stage-options.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const MINUTES = Number(process.env['CHAOS_MINUTES'] ?? 60);
/** How long one stage is played before the next one is set. */
const STAGE_MS = 200_000;
const LEAST_FAULTS = Number(process.env['CHAOS_FAULTS'] ?? 1_000);
const LEAST_RECONNECTS = Number(process.env['CHAOS_RECONNECTS'] ?? 10_000);
/** A file between whose marks the table is written. */
const REPORT = process.env['CHAOS_REPORT'];
const MARKS = ['<!-- table of the long form -->', '<!-- end of the table -->'] as const;

/** Stages that follow one another, side by side with the others: each lane has servers of its own. */
const LANES: readonly (readonly Profile[])[] = [['cluster'], ['embedded', 'postgres']];

const say = (line: string): void => {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};

test(
  `chaos, the long form: nothing lost, repeated or changed (seed ${SEED})`,
  async () => {
    const results: RunResult[] = [];
    const untilMs = performance.now() + MINUTES * 60_000;
    const isOver = (): boolean => {
      const faults = results.reduce((sum, result) => sum + shownIn(result), 0);
      const reconnects = results.reduce((sum, { reconnectsMs }) => sum + reconnectsMs.length, 0);
      const isEnough = faults >= LEAST_FAULTS && reconnects >= LEAST_RECONNECTS;
      return isEnough || performance.now() > untilMs || results.some(({ findings }) => findings.length > 0);
    };
    await Promise.all(LANES.map((profiles, lane) => runLane({ profiles, lane, untilMs, isOver }, results)));
    const table = tableOf(results);
    say(`done\n\n${table}\n`);
    if (REPORT !== undefined) await writeBetweenMarks(REPORT, table);
    expect(results.flatMap((result) => [...result.findings]).slice(0, 50)).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  },
  (MINUTES + 30) * 60_000,
);

function shownIn({ faults }: RunResult): number {
  return faults.filter(({ evidence }) => evidence !== null).length;
}

interface Lane {
  readonly profiles: readonly Profile[];
  readonly lane: number;
  readonly untilMs: number;
  readonly isOver: () => boolean;
}

async function runLane({ profiles, lane, untilMs, isOver }: Lane, results: RunResult[]): Promise<void> {
  const servers = await serversFor(profiles);
  for (let round = 0; !isOver(); round++) {
    const profile = profiles[round % profiles.length] ?? 'embedded';
    const seed = SEED + round * 10 + lane;
    const tell = (line: string): void => {
      say(`[${profile} ${seed}] ${line}`);
    };
    const result = await runChaos(
      {
        profile,
        seed,
        minutes: 1_300,
        speed: 300,
        cutReaders: 10,
        calmReaders: 4,
        leastFaults: 1,
        mostFaults: 1_000,
        mostMs: Math.min(STAGE_MS, untilMs - performance.now()),
        tapeLeftMs: 12_000,
        onProgress: tell,
        onTrouble: tell,
      },
      servers,
    );
    results.push(result);
    const { faults, findings, reconnectsMs } = result;
    tell(`over: ${faults.length} faults, ${reconnectsMs.length} reconnects, ${findings.length} findings`);
  }
}

async function serversFor(profiles: readonly Profile[]): Promise<SharedServers> {
  const needsRedis = profiles.includes('cluster');
  const noRedis = needsRedis ? findTestProgram('redis') : null;
  if (typeof noRedis === 'string') throw new Error(`the long form needs a Redis: ${noRedis}`);
  return {
    postgres: profiles.some((profile) => profile !== 'embedded') ? await startPostgres() : null,
    redis: needsRedis ? await startRedis() : null,
  };
}

async function writeBetweenMarks(file: string, table: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [start, end] = [text.indexOf(MARKS[0]) + MARKS[0].length, text.indexOf(MARKS[1])];
  if (start < MARKS[0].length || end < start) throw new Error(`${file} has no marks for the table`);
  await writeFile(file, `${text.slice(0, start)}\n\n${table}\n\n${text.slice(end)}`);
}
