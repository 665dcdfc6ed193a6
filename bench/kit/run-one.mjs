// One benchmark in a process of its own, so that none finds the heap and the compiled code of another.
import { NotMeasurable } from './process-figures.mjs';

const [name, optionsText] = process.argv.slice(2);
const { default: run } = await import(`../suite/${name}.mjs`);
try {
  process.send({ lines: await run(JSON.parse(optionsText)) });
} catch (error) {
  if (!(error instanceof NotMeasurable)) throw error;
  process.send({ lines: [], note: error.message });
}
process.exit(0);
