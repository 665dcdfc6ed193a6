import { enableCompileCache } from 'node:module';

// Two thirds of a cold start is compiling modules; compiled once, they are kept in the system's folder for such things.
enableCompileCache();
const { run } = await import('./run.js');

// A start that failed half-way may leave a database worker behind, which would keep the process alive.
process.exit(await run(process.env));
