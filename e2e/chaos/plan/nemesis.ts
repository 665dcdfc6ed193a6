import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../stage/stage.js';
import type { FaultRecord } from './fault-record.js';
import type { PlanStep } from './plan.js';

/** Every reader must have new bars this soon after a fault was taken away. */
const RECOVERY_LIMIT_MS = 30_000;

/** When a plan is over, besides its end. */
export interface PlanLimits {
  readonly leastFaults: number;
  readonly mostFaults: number;
  /** No further fault after so long, once there were enough. */
  readonly mostMs: number;
  /** Wall time for which the tape must still last, so that bars can show that the desk recovered. */
  readonly tapeLeftMs: number;
}

/** Carries a plan out, one fault after the other. Ends early where the desk does not recover from one that happened. */
export async function carryOut(
  plan: Iterable<PlanStep>,
  stage: Stage,
  random: () => number,
  { leastFaults, mostFaults, mostMs, tapeLeftMs }: PlanLimits,
  onRecord: (record: FaultRecord) => void,
): Promise<FaultRecord[]> {
  const records: FaultRecord[] = [];
  const untilMs = performance.now() + mostMs;
  for (const step of plan) {
    const isLate = performance.now() > untilMs && records.length >= leastFaults;
    if (isLate || records.length >= mostFaults || stage.tapeLeftMs() < tapeLeftMs) break;
    const record = await strike(step, stage, random);
    records.push(record);
    onRecord(record);
    if (record.trouble !== null && record.evidence !== null) break;
    await delay(step.pauseMs);
  }
  return records;
}

async function strike({ kind, holdMs }: PlanStep, stage: Stage, random: () => number): Promise<FaultRecord> {
  let injectedAtMs = performance.now();
  let healedAtMs = injectedAtMs;
  let target = '?';
  let evidence: string | null = null;
  let recoveriesMs: number[] = [];
  let trouble: string | null = null;
  try {
    const fault = await kind.make(stage, random);
    ({ target } = fault);
    injectedAtMs = performance.now();
    try {
      await fault.inject();
      evidence = await fault.verify();
      await delay(holdMs);
    } catch (thrown) {
      trouble = messageOf(thrown);
    } finally {
      healedAtMs = performance.now();
      await fault.heal();
    }
    recoveriesMs = await stage.untilBarsFlow(healedAtMs, RECOVERY_LIMIT_MS);
    await stage.untilKept(RECOVERY_LIMIT_MS);
  } catch (thrown) {
    trouble = messageOf(thrown);
  }
  const recoveredAtMs = performance.now();
  return {
    name: kind.name,
    target,
    injectedAtMs,
    healedAtMs,
    recoveredAtMs,
    evidence,
    recoveriesMs,
    trouble,
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
