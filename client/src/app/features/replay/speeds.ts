import type { ReplayState } from '@libs/contract';

/** A multiple of real time, or as fast as the server can. */
export type Speed = ReplayState['speed'];

/** Speeds that are offered, slowest first; the server takes any from 0.1 to 1,000. */
export const SPEEDS: readonly Speed[] = [0.1, 0.5, 1, 2, 5, 10, 20, 60, 100, 300, 1_000, 'max'];

/** `20x`, `full speed` */
export function speedName(speed: Speed): string {
  return speed === 'max' ? 'full speed' : `${speed.toLocaleString('en-US')}x`;
}

/** The next offered speed up; the fastest one stays. */
export function fasterThan(speed: Speed): Speed {
  return SPEEDS.find((one) => rank(one) > rank(speed)) ?? 'max';
}

/** The next offered speed down; the slowest one stays. */
export function slowerThan(speed: Speed): Speed {
  return SPEEDS.findLast((one) => rank(one) < rank(speed)) ?? 0.1;
}

function rank(speed: Speed): number {
  return speed === 'max' ? Infinity : speed;
}
