import type { ReplayState } from '@libs/contract';

/** What a replay does, in a trader's words. */
export function describeReplay(
  { symbols, from, speed, state }: Pick<ReplayState, 'symbols' | 'from' | 'speed' | 'state'>,
  trouble: string | null,
): string {
  const what = `${symbols.join(', ')} from ${new Date(from).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const notes = trouble === null ? '' : `; ${trouble}`;
  if (state === 'ended') return `${what}: played to its end${notes}`;
  if (state !== 'playing') return `${what}: ${state}${notes}`;
  return `${what}: ${paceOf(speed)}${notes}`;
}

function paceOf(speed: ReplayState['speed']): string {
  if (speed === 'max') return 'at full speed';
  return speed === 1 ? 'in real time' : `at ${speed} times real time`;
}
