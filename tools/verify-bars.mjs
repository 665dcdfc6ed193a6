// `npm run verify-bars`: reads every bar on record and says whether each is what was written.
import { runServerCommand } from './lib/server-command.mjs';

await runServerCommand('dist/server/src/audit/verify-bars.js');
