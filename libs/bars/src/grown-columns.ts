/** A longer copy of a column of numbers; new cells hold `fill`. */
export function grownNumbers(column: Float64Array, length: number, fill = 0): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length).fill(fill, column.length);
  grown.set(column);
  return grown;
}

/** A longer copy of a column of counts; new cells are 0. */
export function grownCounts(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length);
  grown.set(column);
  return grown;
}

/** A longer copy of a column of flags; new cells are 0. */
export function grownFlags(column: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length);
  grown.set(column);
  return grown;
}
