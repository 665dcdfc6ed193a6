// A day's trade file to stored bars: through the whole running server, and by DuckDB into a table in memory.
import { DuckDBInstance } from '@duckdb/node-api';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile } from '../kit/made-files.mjs';
import { temporaryFolder } from '../kit/paths.mjs';
import { cpuUs } from '../kit/process-figures.mjs';
import { startProduct, streamHolds } from '../kit/processes.mjs';
import { tradeFile } from '../kit/trade-tape.mjs';

const PEER = 'DuckDB, 1 thread';

export default async function run({ quick }) {
  const folder = temporaryFolder('file-to-store');
  const file = await tradeFile(folder, writeFileSync);
  const emptyData = path.join(folder, 'empty');
  await makeEmptyData(folder, emptyData);
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();

  const results = await interleave({
    rounds: quick ? 3 : 7,
    ours: () => throughServer(file, emptyData, path.join(folder, 'data')),
    peer: () => throughDuckDb(connection, file),
  });
  return [
    comparison(results, ({ ms }) => ms, {
      what: 'feed opened to the last bar committed and sent',
      unit: 'ms',
      peer: PEER,
      bound: { atMost: 3 },
    }),
    comparison(results, ({ withStartMs }) => withStartMs, {
      what: 'the same from the start of the server process',
      unit: 'ms',
      peer: PEER,
    }),
    comparison(results, ({ cpuMs }) => cpuMs, {
      what: 'feed opened to last bar: CPU of all threads',
      unit: 'ms',
      peer: PEER,
    }),
  ];
}

/** A data folder whose database exists and is migrated, without bars of the measured file. */
async function makeEmptyData(folder, emptyData) {
  const server = await startProduct({
    DATA_DIR: emptyData,
    FEED: 'file',
    FEED_FILES: steadyTradeFile(folder, 'NONE', 0),
    FEED_SPEED: 'max',
  });
  await server.ready();
  await server.stop();
}

async function throughServer(file, emptyData, dataDir) {
  rmSync(dataDir, { recursive: true, force: true });
  cpSync(emptyData, dataDir, { recursive: true });
  const server = await startProduct({
    DATA_DIR: dataDir,
    FEED: 'file',
    FEED_FILES: file,
    FEED_SPEED: 'max',
    LOG_LEVEL: 'info',
  });
  const openedMs = await server.line('feed file:');
  const cpuBefore = cpuUs(server.pid);
  // The bar of the day ends last, so it is the last one in the log; bars are sent once they are committed.
  const symbol = path.basename(file).split('-')[1];
  const stream = `${server.base}/realtime/sse?symbols=${symbol}&timeframe=1d&sinceSeq=0`;
  const storedMs = await streamHolds(stream, 'event: bar\n');
  const cpuMs = (cpuUs(server.pid) - cpuBefore) / 1_000;
  await server.stop();
  return { ms: storedMs - openedMs, withStartMs: storedMs - server.startedMs, cpuMs };
}

async function throughDuckDb(connection, file) {
  const startMs = performance.now();
  const cpuBefore = process.cpuUsage();
  await connection.run('DROP TABLE IF EXISTS bar');
  await connection.run(`
    CREATE TABLE bar AS
    SELECT ts_ms // 60000 AS seq, first(price) AS open, max(price) AS high, min(price) AS low, last(price) AS close,
      sum(size) AS volume
    FROM read_csv('${file.replaceAll("'", "''")}', header = true)
    GROUP BY seq ORDER BY seq`);
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const [{ count }] = (await connection.runAndReadAll('SELECT count(*) AS count FROM bar')).getRowObjects();
  if (!(count > 100n)) throw new Error(`DuckDB made ${count} bars`);
  return { ms, withStartMs: ms, cpuMs: (user + system) / 1_000 };
}
