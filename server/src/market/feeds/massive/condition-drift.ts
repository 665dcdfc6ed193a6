import { saleConditionsOf, UPDATES_HIGH_LOW, UPDATES_OPEN_CLOSE, UPDATES_VOLUME } from '@libs/bars';
import { isRecord } from '../live/vendor-numbers.js';

const SWITCHES = [
  ['updates_high_low', UPDATES_HIGH_LOW],
  ['updates_open_close', UPDATES_OPEN_CLOSE],
  ['updates_volume', UPDATES_VOLUME],
] as const;

/**
 * Where rows of `/v3/reference/conditions` differ from the table that is built in, one line a condition. Rows that are no
 * sale conditions of trades, or tell no rules, are passed over.
 */
export function conditionDrift(rows: readonly unknown[]): string[] {
  const conditions = saleConditionsOf('massive');
  return rows.flatMap((row) => {
    const consolidated = consolidatedOf(row);
    if (consolidated === undefined) return [];
    const { id, name, rules } = consolidated;
    const { inRegularHours, unknownCodes } = conditions.ruleOf(String(id));
    if (unknownCodes.length > 0) return [`${id} (${name}) is not in the built-in table`];
    const differing = SWITCHES.filter(([field, bit]) => rules[field] !== ((inRegularHours & bit) !== 0));
    return differing.length === 0
      ? []
      : [
          `${id} (${name}) ${differing.map(([field]) => `${field} is ${String(rules[field])}`).join(', ')} there`,
        ];
  });
}

function consolidatedOf(
  row: unknown,
): { id: number; name: string; rules: Readonly<Record<string, unknown>> } | undefined {
  if (!isRecord(row) || typeof row['id'] !== 'number' || !isTradeCondition(row)) return undefined;
  const rules = isRecord(row['update_rules']) ? row['update_rules']['consolidated'] : undefined;
  if (!isRecord(rules)) return undefined;
  return { id: row['id'], name: String(row['name']).slice(0, 60), rules };
}

function isTradeCondition({ type, data_types: dataTypes }: Readonly<Record<string, unknown>>): boolean {
  return type === 'sale_condition' && (!Array.isArray(dataTypes) || dataTypes.includes('trade'));
}
