import { expect } from '@jest/globals';

/** As `toEqual` for lists of plain records with the same key order; a hundred times faster where they are equal. */
export function expectEqualTexts(actual: readonly object[], wanted: readonly object[]): void {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) expect(actual).toStrictEqual(wanted);
  expect(actual).toHaveLength(wanted.length);
}
