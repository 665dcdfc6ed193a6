import { mulberry32 } from '../kit/trade-files.js';
import { checkRun } from './checker/check-run.js';
import type { Finding } from './checker/finding.js';
import { FAULTS } from './faults/catalogue.js';
import type { FaultKind } from './faults/fault.js';
import { carryOut, type PlanLimits } from './plan/nemesis.js';
import { planOf } from './plan/plan.js';
import { RawReader } from './readers/raw-reader.js';
import { keepEvidence } from './report/keep-evidence.js';
import { sumUp, type RunResult } from './report/run-result.js';
import { drawCurtain } from './stage/curtain.js';
import { Stage, type SharedServers } from './stage/stage.js';
import type { StageOptions } from './stage/stage-options.js';

/** One run: a stage, and how much happens on it. */
export interface ChaosOptions extends StageOptions, PlanLimits {
  /** What may happen. Default: everything there is but the faults of a network. */
  readonly faults?: readonly FaultKind[];
  /** Told of each fault as it is over. */
  readonly onProgress?: (line: string) => void;
  /** Told where the logs of a run that went wrong are kept. */
  readonly onTrouble?: (line: string) => void;
}

/** Sets a stage, carries a plan of faults out, lets everything come to rest and judges what was noted. */
export async function runChaos(options: ChaosOptions, shared: SharedServers): Promise<RunResult> {
  const { profile, seed, faults = FAULTS, onProgress, onTrouble } = options;
  const sinceMs = performance.now();
  const stage = await Stage.set(options, shared);
  try {
    const impossible = new Map<string, string>();
    const possible = faults.filter((kind) => {
      const reason = kind.reasonAgainst(stage);
      if (reason !== null) impossible.set(kind.name, reason);
      return reason === null;
    });
    const random = mulberry32(seed);
    const records = await carryOut(planOf(possible, random), stage, random, options, (record) =>
      onProgress?.(
        `${record.name} (${record.target}): ${record.trouble ?? record.evidence ?? ''}; ` +
          `all readers back after ${Math.round(Math.max(0, ...record.recoveriesMs))} ms`,
      ),
    );
    const run = await drawCurtain(stage);
    const notRecovered = records.flatMap(({ name, target, trouble, evidence, injectedAtMs }): Finding[] =>
      trouble === null || evidence === null
        ? []
        : [{ kind: 'not_recovered', where: target, detail: `${name}: ${trouble}`, atMs: injectedAtMs }],
    );
    const findings = [...notRecovered, ...checkRun(run)];
    if (findings.length > 0) {
      const folder = await keepEvidence(stage, run, { findings, records });
      onTrouble?.(`${findings.length} findings; everything that was noted is kept in ${folder}`);
    }
    return {
      profile,
      seed,
      tookMs: performance.now() - sinceMs,
      impossible,
      ownCuts: stage.readers.reduce(
        (sum, reader) => sum + (reader instanceof RawReader ? reader.ownCuts : 0),
        0,
      ),
      ...sumUp(run, findings, records),
    };
  } finally {
    await stage.close();
  }
}
