import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding } from '../checker/finding.js';
import type { RecordedRun } from '../checker/recorded-run.js';
import type { FaultRecord } from '../plan/fault-record.js';
import type { Stage } from '../stage/stage.js';

/** Writes what a run that went wrong has noted into a folder of its own, which stays. Resolves with its path. */
export async function keepEvidence(
  { options, instances, tape }: Stage,
  run: RecordedRun,
  { findings, records }: { findings: readonly Finding[]; records: readonly FaultRecord[] },
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `spotlight-chaos-${options.profile}-${options.seed}-`));
  const write = (name: string, values: readonly unknown[]): Promise<void> =>
    writeFile(
      path.join(folder, `${name.replace(/[^a-z0-9]+/gi, '-')}.jsonl`),
      values.map((value) => `${JSON.stringify(value)}\n`).join(''),
    );
  await write('findings', findings);
  await write('faults', records);
  for (const [series, bars] of tape.reference) await write(`reference ${series}`, bars);
  for (const { reader, entries } of run.logs) await write(`reader ${reader}`, entries);
  for (const { instance, series, bars } of run.finals) await write(`history ${instance} ${series}`, bars);
  for (const { name, app } of instances) await writeFile(path.join(folder, `${name}.log`), app.log);
  return folder;
}
