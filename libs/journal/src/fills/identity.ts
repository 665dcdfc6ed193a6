import type { Fill, FillContent } from './fill.js';

/**
 * Gives every fill of ONE file its identity: broker, account and the broker's own number where there is one; else its
 * content and which of the equal ones it is. So equal executions are all kept, and a file read again, or another file
 * that holds the same stamp, gives the same identities.
 */
export function identified(fills: readonly FillContent[]): Fill[] {
  const seen = new Map<string, number>();
  return fills.map((fill) => {
    const key = fill.brokerFillId === null ? contentKey(fill) : brokerKey(fill, fill.brokerFillId);
    if (fill.brokerFillId !== null) return { ...fill, id: key };
    const ordinal = (seen.get(key) ?? 0) + 1;
    seen.set(key, ordinal);
    return { ...fill, id: `${key}#${ordinal}` };
  });
}

/** What an import changes: nothing that is known already. */
export interface ImportPlan {
  /** Fills to be added, in the order given. */
  readonly added: readonly Fill[];
  /** Fills that are on record with the same content. */
  readonly known: readonly Fill[];
  /** Fills whose identity is on record with another content: the broker corrected them, or two accounts share a name. */
  readonly changed: readonly Fill[];
}

/** Compares the fills of a file with those on record. `recorded` maps identities to fills. */
export function planImport(fills: readonly Fill[], recorded: ReadonlyMap<string, Fill>): ImportPlan {
  const plan = { added: [] as Fill[], known: [] as Fill[], changed: [] as Fill[] };
  const added = new Map<string, Fill>();
  for (const fill of fills) {
    const before = recorded.get(fill.id) ?? added.get(fill.id);
    if (before === undefined) {
      added.set(fill.id, fill);
      plan.added.push(fill);
    } else if (contentKey(before) === contentKey(fill)) plan.known.push(fill);
    else plan.changed.push(fill);
  }
  return plan;
}

function brokerKey({ broker, account }: FillContent, brokerFillId: string): string {
  return `b:${joined([broker, account, brokerFillId])}`;
}

function contentKey(fill: FillContent): string {
  const { broker, account, symbol, side, quantity, price, multiplier, fee, currency, atMs } = fill;
  return `c:${joined([broker, account, symbol, side, quantity, price, multiplier, fee, currency, String(atMs)])}`;
}

/** Joins texts so that no two different lists give the same text. */
function joined(parts: readonly string[]): string {
  return parts.map((part) => (/[\\|]/.test(part) ? part.replace(/[\\|]/g, '\\$&') : part)).join('|');
}
