/** A value out of a fixed list of texts, such as the name of a session. Carried as the index into the list. */
export interface ChoiceType {
  readonly oneOf: readonly string[];
}

/** What an expression yields. Every value is carried as a number, NaN for unknown; conditions as 1 and 0. */
export type ValueType = 'number' | 'condition' | ChoiceType;

/** Sessions by the calendar, as `session` yields them. */
export const SESSION_NAMES = ['pre', 'regular', 'post', 'closed', 'open24'] as const;
/** Days of the week, as `weekday` yields them. */
export const WEEKDAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Whether two types can be compared with one another. */
export function isSameType(one: ValueType, other: ValueType): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  return one.oneOf === other.oneOf;
}

/** A type as an error message names it. */
export function typeName(type: ValueType): string {
  if (type === 'number') return 'a number';
  if (type === 'condition') return 'a condition (true or false)';
  return `one of ${type.oneOf.map((text) => `"${text}"`).join(', ')}`;
}
