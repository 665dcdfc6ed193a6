// `npm run restore -- FILE`: a backup into an empty database.
import { runServerCommand } from './lib/server-command.mjs';

await runServerCommand('dist/server/src/backup/restore.js');
