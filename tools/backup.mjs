// `npm run backup [-- FILE]`: everything on record in one file.
import { runServerCommand } from './lib/server-command.mjs';

await runServerCommand('dist/server/src/backup/backup.js');
