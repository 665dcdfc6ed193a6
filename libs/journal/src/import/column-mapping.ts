import { decimalOf } from '../money/decimal.js';
import { DELIMITERS, type Delimiter } from './csv-table.js';
import { timeReader } from './time-pattern.js';

/** A column by its header, or by several it goes by; the first that the file has counts. */
export type Column = string | readonly string[];

/** What the text of a column means. `start`: the longest key the text begins with; `whole`: the text itself. */
export interface ValueTable<Value extends string> {
  readonly column: Column;
  readonly match: 'whole' | 'start';
  readonly values: Readonly<Record<string, Value>>;
}

/** `skip`: no execution. `refuse`: changes a position in a way that cannot be booked as an execution. */
export type SideWord = 'buy' | 'sell' | 'skip' | 'refuse';

/** How the columns of a broker's file become fills: plain JSON, so that it can be saved and passed on. */
export interface ColumnMapping {
  readonly version: 1;
  readonly name: string;
  /** Name under which the fills are kept, part of their identity. */
  readonly broker: string;
  /** `null`: whichever cuts the header line into most cells. */
  readonly delimiter: Delimiter | null;
  readonly decimalPoint: '.' | ',';
  /** Columns the file must have: the first line with all of them is the header. Others may be missing. */
  readonly header: readonly Column[];
  /** Whether the table ends at the first empty row, because others follow it. */
  readonly endsAtEmptyRow: boolean;
  /** How executions of the same time are ordered; `by-time`: as the times of the file as a whole are. */
  readonly order: 'oldest-first' | 'newest-first' | 'by-time';
  /** Joined with one space, and read by the first pattern that fits, see `timeReader`. */
  readonly time: { readonly columns: readonly Column[]; readonly patterns: readonly string[] };
  /** Joined with one space; empty cells are left out. */
  readonly symbol: readonly Column[];
  /** What was done; `null`: bought if the quantity is above 0, else sold. */
  readonly side: (ValueTable<SideWord> & { readonly others: 'skip' | 'refuse' }) | null;
  readonly quantity: Column;
  readonly price: Column;
  /** Added up. `negative`: the file shows costs below 0. */
  readonly fees: readonly { readonly column: Column; readonly costs: 'positive' | 'negative' }[];
  /** Money per point and unit: one for all, a column, or by the text of a column. */
  readonly multiplier: { readonly fixed: string } | { readonly column: Column } | ValueTable<string>;
  readonly account: Column | null;
  readonly currency: Column | null;
  /** A row whose fees are in another currency than its price is refused. */
  readonly feeCurrency: Column | null;
  /** Columns that make up the broker's own number of the execution; none if there is no such number. */
  readonly brokerFillId: readonly Column[];
  /** Rows with another value are no executions. A column the file does not have is not asked. */
  readonly only: readonly { readonly column: Column; readonly values: readonly string[] }[];
}

/** Characters of any text in a mapping, and entries of any list or table. */
const MAPPING_LIMITS = { text: 200, entries: 500 } as const;

/**
 * Checks a mapping that comes from outside.
 * @throws RangeError that names the field and what it should be
 */
export function checkedMapping(value: unknown): ColumnMapping {
  const mapping = fields(value, 'mapping');
  const side = mapping['side'] === null ? null : fields(mapping['side'], 'side');
  const time = fields(mapping['time'], 'time');
  const patterns = list(time['patterns'], 'time.patterns').map((item, at) =>
    text(item, `time.patterns.${at}`),
  );
  patterns.forEach(timeReader);
  return {
    version: oneOf([1], mapping['version'], 'version'),
    name: text(mapping['name'], 'name'),
    broker: text(mapping['broker'], 'broker'),
    delimiter: oneOf([...DELIMITERS, null], mapping['delimiter'], 'delimiter'),
    decimalPoint: oneOf(['.', ','], mapping['decimalPoint'], 'decimalPoint'),
    header: atLeastOne(columns(mapping['header'], 'header'), 'header'),
    endsAtEmptyRow: oneOf([true, false], mapping['endsAtEmptyRow'], 'endsAtEmptyRow'),
    order: oneOf(['oldest-first', 'newest-first', 'by-time'], mapping['order'], 'order'),
    time: {
      columns: atLeastOne(columns(time['columns'], 'time.columns'), 'time.columns'),
      patterns: atLeastOne(patterns, 'time.patterns'),
    },
    symbol: atLeastOne(columns(mapping['symbol'], 'symbol'), 'symbol'),
    side: side && {
      ...table(side, 'side', (word, at) => oneOf(['buy', 'sell', 'skip', 'refuse'], word, at)),
      others: oneOf(['skip', 'refuse'], side['others'], 'side.others'),
    },
    quantity: column(mapping['quantity'], 'quantity'),
    price: column(mapping['price'], 'price'),
    fees: list(mapping['fees'], 'fees').map((item, at) => ({
      column: column(fields(item, `fees.${at}`)['column'], `fees.${at}.column`),
      costs: oneOf(['positive', 'negative'], fields(item, `fees.${at}`)['costs'], `fees.${at}.costs`),
    })),
    multiplier: multiplier(fields(mapping['multiplier'], 'multiplier')),
    account: columnOrNull(mapping['account'], 'account'),
    currency: columnOrNull(mapping['currency'], 'currency'),
    feeCurrency: columnOrNull(mapping['feeCurrency'], 'feeCurrency'),
    brokerFillId: columns(mapping['brokerFillId'], 'brokerFillId'),
    only: list(mapping['only'], 'only').map((item, at) => ({
      column: column(fields(item, `only.${at}`)['column'], `only.${at}.column`),
      values: list(fields(item, `only.${at}`)['values'], `only.${at}.values`).map((entry) =>
        text(entry, `only.${at}.values`),
      ),
    })),
  };
}

type Fields = Readonly<Partial<Record<string, unknown>>>;

function fields(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(`${at} must be an object`);
  }
  return value as Fields;
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAPPING_LIMITS.text) {
    throw new RangeError(`${at} must be a text of 1 to ${MAPPING_LIMITS.text} characters`);
  }
  return value;
}

function list(value: unknown, at: string): unknown[] {
  if (!Array.isArray(value) || value.length > MAPPING_LIMITS.entries) {
    throw new RangeError(`${at} must be a list of at most ${MAPPING_LIMITS.entries} entries`);
  }
  return value;
}

function oneOf<const Choice>(choices: readonly Choice[], value: unknown, at: string): Choice {
  const choice = choices.find((item) => item === value);
  if (choice === undefined) {
    throw new RangeError(`${at} must be one of ${choices.map((item) => JSON.stringify(item)).join(', ')}`);
  }
  return choice;
}

function column(value: unknown, at: string): Column {
  return Array.isArray(value)
    ? atLeastOne(
        list(value, at).map((name) => text(name, at)),
        at,
      )
    : text(value, at);
}

function columnOrNull(value: unknown, at: string): Column | null {
  return value === null ? null : column(value, at);
}

function columns(value: unknown, at: string): Column[] {
  return list(value, at).map((item, index) => column(item, `${at}.${index}`));
}

function atLeastOne<Item>(items: readonly Item[], at: string): readonly Item[] {
  if (items.length === 0) throw new RangeError(`${at} must have at least one entry`);
  return items;
}

function table<Value extends string>(
  value: Fields,
  at: string,
  read: (item: unknown, at: string) => Value,
): ValueTable<Value> {
  const values = Object.entries(fields(value['values'], `${at}.values`));
  if (values.length > MAPPING_LIMITS.entries) throw new RangeError(`${at}.values has too many entries`);
  return {
    column: column(value['column'], `${at}.column`),
    match: oneOf(['whole', 'start'], value['match'], `${at}.match`),
    values: Object.fromEntries(
      values.map(([key, item]) => [text(key, `${at}.values`), read(item, `${at}.values.${key}`)]),
    ),
  };
}

function multiplier(value: Fields): ColumnMapping['multiplier'] {
  if (value['fixed'] !== undefined) return { fixed: positive(value['fixed'], 'multiplier.fixed') };
  if (value['values'] === undefined) return { column: column(value['column'], 'multiplier.column') };
  return table(value, 'multiplier', positive);
}

function positive(value: unknown, at: string): string {
  const written = text(value, at);
  if (decimalOf(written) <= 0n) throw new RangeError(`${at} must be a number above 0`);
  return written;
}
