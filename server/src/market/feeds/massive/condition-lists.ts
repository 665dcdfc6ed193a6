import { saleConditionsOf, type SaleRule } from '@libs/bars';

/** Far more than there are combinations; ever new ones cost time, not memory. */
const REMEMBERED_LISTS = 4_096;
/** Lists up to this long have a number of their own; ids are below a thousand. */
const LONGEST_NUMBERED = 5;
const NOT_NUMBERED = -1;

/** Sale rules by Massive's lists of condition ids. A list seen before costs one lookup by a number, no text is made. */
export class ConditionLists {
  private readonly conditions = saleConditionsOf('massive');
  private readonly ordinary = this.conditions.ruleOf('');
  private readonly rules = new Map<number, SaleRule>();

  /** Rule of a trade's `c`; absent and empty mean an ordinary sale. `undefined` when it is no list. */
  ruleOf(ids: unknown): SaleRule | undefined {
    if (ids === undefined || ids === null) return this.ordinary;
    if (!Array.isArray(ids)) return undefined;
    const number = numberOf(ids);
    if (number === NOT_NUMBERED) return this.conditions.ruleOf(ids.join(' '));
    const known = this.rules.get(number);
    if (known !== undefined) return known;
    const rule = this.conditions.ruleOf(ids.join(' '));
    if (this.rules.size >= REMEMBERED_LISTS) this.rules.clear();
    this.rules.set(number, rule);
    return rule;
  }
}

function numberOf(ids: readonly unknown[]): number {
  if (ids.length > LONGEST_NUMBERED) return NOT_NUMBERED;
  let number = 0;
  for (const id of ids) {
    if (typeof id !== 'number' || !(id >= 0 && id < 1_000) || !Number.isInteger(id)) return NOT_NUMBERED;
    number = number * 1_001 + id + 1;
  }
  return number;
}
