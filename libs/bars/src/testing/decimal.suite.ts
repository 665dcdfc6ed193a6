/** The number that a decimal text of this many hundred-millionths stands for: `decimalOf(150_000_000n)` is 1.5. */
export function decimalOf(units: bigint): number {
  const digits = units.toString().padStart(9, '0');
  return Number(`${digits.slice(0, -8)}.${digits.slice(-8)}`);
}
