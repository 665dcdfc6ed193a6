import type { AlertEvent } from '@libs/contract';
import type { Signal } from '@libs/rules';
import type { LogAlert } from '../market/index.js';

/** A signal as a log carries it to the user it is for. `muted`: without sound, notification and delivery. */
export function alertOf(
  signal: Signal,
  {
    epochId,
    ownerId,
    muted,
  }: { readonly epochId: string; readonly ownerId: number; readonly muted: boolean },
): LogAlert {
  const event: Signal & Pick<AlertEvent, 'muted'> = { ...signal, muted };
  const { rule, symbol, timeframe, seq, bar_end: barEndMs } = signal;
  return { epochId, ownerId, ruleId: rule.id, symbol, timeframe, seq, barEndMs, json: JSON.stringify(event) };
}
