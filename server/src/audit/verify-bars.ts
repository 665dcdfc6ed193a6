import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { messageOf, StartupError } from '../common/errors.js';
import { parseEnv, SettingsError } from '../config/env.schema.js';
import { openDatabase, takeDataDir } from '../persistence/index.js';
import { BarAudit } from './bar-audit.js';

const EXIT_WRONG_SETTINGS = 78;

/** `npm run verify-bars`: exit code 0 when every bar on record is what was written, 1 with a line for each series that is not. */
async function verifyBars(environment: NodeJS.ProcessEnv): Promise<number> {
  const env = parseEnv(environment);
  // The embedded database is one process's own; a server that runs on it has to be stopped first.
  const release = env.DATABASE_URL === undefined ? takeDataDir(env.DATA_DIR) : (): void => undefined;
  try {
    const database = await openDatabase(env);
    try {
      let bars = 0;
      let series = 0;
      let faults = 0;
      const audit = new BarAudit(database.dataSource);
      const found = audit.findings((read) => {
        bars += read.bars;
        series++;
        if (process.stderr.isTTY) process.stderr.write(`\r${series} series, ${bars} bars ...`);
      });
      for await (const { series: one, what } of found) {
        faults++;
        process.stdout.write(`${one.symbol} ${one.timeframe} ${what}\n`);
      }
      if (process.stderr.isTTY) process.stderr.write('\r');
      const verdict = faults === 0 ? 'every one is what was written' : `${faults} series differ`;
      process.stdout.write(`${bars} bars in ${series} series read: ${verdict}\n`);
      return faults === 0 ? 0 : 1;
    } finally {
      await database.close();
    }
  } finally {
    release();
  }
}

Logger.overrideLogger(['error']);
try {
  process.exit(await verifyBars(process.env));
} catch (thrown) {
  process.stderr.write(`The bars could not be read. ${messageOf(thrown)}\n`);
  if (thrown instanceof SettingsError) process.exit(EXIT_WRONG_SETTINGS);
  process.exit(thrown instanceof StartupError ? thrown.exitCode : 1);
}
