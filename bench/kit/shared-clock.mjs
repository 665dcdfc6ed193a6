/** Microseconds by a clock that only runs forward and is the same in every process of this machine. */
export function nowUs() {
  return Number(process.hrtime.bigint() / 1_000n);
}
