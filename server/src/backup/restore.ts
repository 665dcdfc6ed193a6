import 'reflect-metadata';
import path from 'node:path';
import { StartupError } from '../common/errors.js';
import { runDatabaseCommand, showProgress } from '../persistence/index.js';
import { restoreBackup } from './restore-backup.js';

// `npm run restore -- FILE`: a backup into an empty database; exit code 1 when its bars are not those that were written.
await runDatabaseCommand('The backup was not restored.', async (open) => {
  const [, , file] = process.argv;
  if (file === undefined) throw new StartupError('Name the file: npm run restore -- FILE', 78);
  const { rows, differingDays } = await restoreBackup(open, path.resolve(file), (done) => {
    showProgress(`${done} rows ...`);
  });
  showProgress('');
  if (differingDays === 0) {
    process.stdout.write(`${rows} rows restored; every bar is what was written\n`);
    return 0;
  }
  process.stdout.write(
    `${rows} rows restored, but on ${differingDays} days of a series bars are not what was written: npm run verify-bars names them\n`,
  );
  return 1;
});
