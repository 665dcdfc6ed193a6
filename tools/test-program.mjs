// `node tools/test-program.mjs NAME`: prints, as JSON, where a program that only tests need is; fetches it where missing.
import { findTestProgram } from './lib/test-programs.mjs';
import { failWith } from './lib/run.mjs';

try {
  process.stdout.write(`${JSON.stringify(await findTestProgram(process.argv[2] ?? ''))}\n`);
} catch (error) {
  failWith(error);
}
