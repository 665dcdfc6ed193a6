import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeTempDir } from '../../kit/temp-dir.js';
import { findTestProgram } from '../../kit/test-program.js';
import type { Settings } from '../../kit/start-app.js';

/** The wall clock of one process alone, which can be set forward and back; its monotonic clock is left as it is. */
export interface SteppableClock {
  /** What the process is started with. */
  readonly settings: Settings;
  /** Sets the clock so much before (negative) or ahead of the true time. */
  set(offsetMs: number): Promise<void>;
}

/** Makes one, or gives the reason why there is none here. */
export async function steppableClock(): Promise<SteppableClock | string> {
  if (process.platform !== 'linux') return 'libfaketime is used on Linux alone';
  const found = findTestProgram('faketime');
  if (typeof found === 'string') return `no libfaketime: ${found}`;
  const file = path.join(await makeTempDir('clock'), 'offset');
  const set = async (offsetMs: number): Promise<void> => {
    const sign = offsetMs < 0 ? '-' : '+';
    await writeFile(file, `${sign}${(Math.abs(offsetMs) / 1_000).toFixed(3)}`);
    await utimes(file, new Date(), new Date());
  };
  await set(0);
  return {
    set,
    settings: {
      LD_PRELOAD: found.program,
      FAKETIME_TIMESTAMP_FILE: file,
      // Read once a second: looking each time would slow the process down.
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  };
}
