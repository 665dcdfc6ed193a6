import 'reflect-metadata';
import path from 'node:path';
import { runDatabaseCommand, showProgress } from '../persistence/index.js';
import { takeBackup } from './take-backup.js';

// `npm run backup [-- FILE]`: everything on record in one file.
await runDatabaseCommand('No backup was made.', async (open) => {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const file = path.resolve(process.argv[2] ?? `spotlight-${stamp}Z.backup.gz`);
  const database = await open();
  try {
    const rows = await takeBackup(database.dataSource, file, (done) => {
      showProgress(`${done} rows ...`);
    });
    showProgress('');
    process.stdout.write(`${rows} rows written to ${file}\n`);
    return 0;
  } finally {
    await database.close();
  }
});
