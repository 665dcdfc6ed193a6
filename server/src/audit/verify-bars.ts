import 'reflect-metadata';
import { runDatabaseCommand, showProgress } from '../persistence/index.js';
import { BarAudit } from './bar-audit.js';

// `npm run verify-bars`: exit code 0 when every bar on record is what was written, 1 with a line for each series that is not.
await runDatabaseCommand('The bars could not be read.', async (open) => {
  const database = await open();
  try {
    let bars = 0;
    let series = 0;
    let faults = 0;
    const found = new BarAudit(database.dataSource).findings((read) => {
      bars += read.bars;
      series++;
      showProgress(`${series} series, ${bars} bars ...`);
    });
    for await (const { series: one, what } of found) {
      faults++;
      process.stdout.write(`${one.symbol} ${one.timeframe} ${what}\n`);
    }
    showProgress('');
    const verdict = faults === 0 ? 'every one is what was written' : `${faults} series differ`;
    process.stdout.write(`${bars} bars in ${series} series read: ${verdict}\n`);
    return faults === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
});
