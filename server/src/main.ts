import 'reflect-metadata';
import { run } from './run.js';

// A start that failed half-way may leave a database worker behind, which would keep the process alive.
process.exit(await run(process.env));
