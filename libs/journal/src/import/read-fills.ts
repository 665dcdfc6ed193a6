import { decimalOf, decimalText, multiply, type Decimal } from '../money/decimal.js';
import type { Fill, FillContent, Side } from '../fills/fill.js';
import { identified } from '../fills/identity.js';
import { cellNumber } from './cell-number.js';
import type { Column, ColumnMapping, ValueTable } from './column-mapping.js';
import { readCsv, type CsvRow } from './csv-table.js';
import { delimiterOf, headerOf, noHeader, type Header } from './header.js';
import { timeReader, type ReadTime, type TimeReader } from './time-pattern.js';
import { isZone, zoneClock, type ZoneClock } from './zone-time.js';

/** What a file does not say and nobody may guess. */
export interface ImportOptions {
  /** IANA zone of the times in the file, for example `America/New_York`. Asked for even if the file has offsets. */
  readonly zone: string;
  /** Account and currency where the file has no column for them. */
  readonly account: string;
  readonly currency: string;
  /** Money per point for texts the mapping's table does not know, for example `{ "MES": "5" }`. */
  readonly multipliers?: Readonly<Record<string, string>>;
}

/** A row that gives no fill. */
export interface RowIssue {
  readonly line: number;
  /** Header of the cell it is about; `null` if it is about the row. */
  readonly column: string | null;
  /** The cell, cut after {@link SHOWN_CHARACTERS}. */
  readonly text: string;
  readonly reason: string;
}

/** Every row below the header is in exactly one of the three lists. */
export interface ReadFile {
  /** Oldest first. */
  readonly fills: readonly Fill[];
  /** Rows that should be executions and cannot be read. Who wants all or nothing asks whether this is empty. */
  readonly refused: readonly RowIssue[];
  /** Rows that are no executions: dividends, transfers, totals, other tables. */
  readonly skipped: readonly RowIssue[];
  readonly header: readonly string[];
}

/** Characters of a faulty cell that are repeated in the report. */
const SHOWN_CHARACTERS = 60;
/** Characters of a symbol, an account, a currency or a broker's number. */
const NAME_CHARACTERS = 128;

/** A fill whose place among those of the same time is still to be told. */
type Unplaced = Omit<FillContent, 'sequence'> & { sequence: number };

/** A row is given up; carries what the report says of it. */
class RowRefusal extends Error {
  constructor(
    readonly column: Column | null,
    readonly cell: string,
    reason: string,
    readonly isSkip = false,
  ) {
    super(reason);
  }
}

/**
 * Reads the executions of a broker's file.
 * @throws UnreadableFileError if the file as a whole cannot be read
 * @throws RangeError if the zone, a time pattern or a multiplier of the caller is wrong
 */
export function readFills(text: string, mapping: ColumnMapping, options: ImportOptions): ReadFile {
  if (!isZone(options.zone)) {
    throw new RangeError(
      `"${options.zone}" is no time zone. Name one by its place, such as America/New_York, or UTC.`,
    );
  }
  const read = rowReader(mapping, options);
  const refused: RowIssue[] = [];
  const skipped: RowIssue[] = [];
  const contents: Unplaced[] = [];
  const { rows, first } = tableOf(text, mapping);
  let header: Header | null = first;
  for (const row of rows) {
    if (first.names[0] !== '' && row.cells[0]?.trim() === first.names[0]) header = headerOf(row, mapping);
    if (row.cells.length === 0 || header?.line === row.line) continue;
    try {
      if (header === null) throw new RowRefusal(null, '', 'belongs to another table', true);
      contents.push(read(row, header));
    } catch (error) {
      if (!(error instanceof RowRefusal)) throw error;
      (error.isSkip ? skipped : refused).push(issueOf(row, header, error));
    }
  }
  return { fills: identified(sequenced(contents, mapping.order)), refused, skipped, header: first.names };
}

/** The rows below the header, up to where the table ends. */
function tableOf(text: string, mapping: ColumnMapping): { rows: readonly CsvRow[]; first: Header } {
  const all = readCsv(text, { delimiter: delimiterOf(text, mapping) });
  for (const [index, row] of all.entries()) {
    const first = headerOf(row, mapping);
    if (first === null) continue;
    const below = all.slice(index + 1);
    const end = mapping.endsAtEmptyRow ? below.findIndex(isEmpty) : -1;
    return { rows: end === -1 ? below : below.slice(0, end), first };
  }
  throw noHeader(mapping);
}

function isEmpty({ cells }: CsvRow): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function rowReader(
  mapping: ColumnMapping,
  options: ImportOptions,
): (row: CsvRow, header: Header) => Unplaced {
  const clock = zoneClock(options.zone);
  const patterns = mapping.time.patterns.map(timeReader);
  const given = options.multipliers ?? {};
  for (const multiplier of Object.values(given)) {
    if (decimalOf(multiplier) <= 0n) throw new RangeError('A multiplier must be above 0');
  }
  return (row, header) => {
    if (row.fault !== null) throw new RowRefusal(null, '', row.fault);
    const cell = (column: Column): string => cellOf(row, header, column);
    for (const { column, values } of mapping.only) {
      if (header.placeOf(column) !== null && !values.includes(cell(column))) {
        throw new RowRefusal(column, cell(column), 'is no execution', true);
      }
    }
    const told = mapping.side && toldSide(mapping.side, cell);
    const quantity = numberOf(mapping.quantity, cell, mapping);
    const side = told ?? (quantity < 0n ? 'sell' : 'buy');
    if (quantity === 0n) throw new RowRefusal(mapping.quantity, cell(mapping.quantity), 'the quantity is 0');
    const price = numberOf(mapping.price, cell, mapping);
    const multiplier = multiplierOf(mapping, cell, given);
    exact(price, multiplier, mapping, cell);
    const currency = orGiven(mapping.currency, header, cell, options.currency);
    const feeCurrency = orGiven(mapping.feeCurrency, header, cell, currency);
    const fee = feeOf(mapping, header, cell);
    if (fee !== 0n && feeCurrency !== currency) {
      throw new RowRefusal(
        mapping.feeCurrency,
        feeCurrency,
        `fees are not in ${currency}, the currency of the price`,
      );
    }
    const number = mapping.brokerFillId.map(cell);
    return {
      broker: mapping.broker,
      account: name(mapping.account, orGiven(mapping.account, header, cell, options.account), 'account'),
      brokerFillId:
        number.length === 0 || number.includes('') ? null : name(null, number.join(':'), 'number'),
      symbol: name(mapping.symbol[0] ?? null, joinedCells(mapping.symbol, cell), 'symbol'),
      side,
      quantity: decimalText(quantity < 0n ? -quantity : quantity),
      price: decimalText(price),
      multiplier: decimalText(multiplier),
      fee: decimalText(fee),
      currency: name(mapping.currency, currency, 'currency'),
      ...timeOf(mapping, cell, patterns, clock),
      sequence: 0,
    };
  };
}

type CellReader = (column: Column) => string;

function cellOf({ cells }: CsvRow, header: Header, column: Column): string {
  const place = header.placeOf(column);
  return place === null ? '' : (cells[place] ?? '').trim();
}

function orGiven(column: Column | null, header: Header, cell: CellReader, given: string): string {
  return column === null || header.placeOf(column) === null || cell(column) === '' ? given : cell(column);
}

function joinedCells(columns: readonly Column[], cell: CellReader): string {
  if (columns.length === 1) return cell(columns[0] ?? '');
  return columns
    .map(cell)
    .filter((text) => text !== '')
    .join(' ');
}

function numberOf(column: Column, cell: CellReader, { decimalPoint }: ColumnMapping): Decimal {
  const text = cell(column);
  return saying(column, text, () => cellNumber(text, decimalPoint));
}

function toldSide(side: NonNullable<ColumnMapping['side']>, cell: CellReader): Side {
  const text = cell(side.column);
  const word = lookUp(side, text) ?? side.others;
  if (word === 'skip') throw new RowRefusal(side.column, text, 'is no execution', true);
  if (word === 'refuse') throw new RowRefusal(side.column, text, 'is neither a purchase nor a sale');
  return word;
}

function multiplierOf(
  { multiplier, decimalPoint }: ColumnMapping,
  cell: CellReader,
  given: Readonly<Record<string, string>>,
): Decimal {
  if ('fixed' in multiplier) return decimalOf(multiplier.fixed);
  const text = cell(multiplier.column);
  if ('values' in multiplier) {
    const found = lookUp({ ...multiplier, values: given }, text) ?? lookUp(multiplier, text);
    if (found !== undefined) return decimalOf(found);
    throw new RowRefusal(
      multiplier.column,
      text,
      'what a point of it is worth is not known: give its multiplier',
    );
  }
  if (text === '') return decimalOf('1');
  const value = saying(multiplier.column, text, () => cellNumber(text, decimalPoint));
  if (value <= 0n) throw new RowRefusal(multiplier.column, text, 'the multiplier must be above 0');
  return value;
}

function lookUp<Value extends string>(table: ValueTable<Value>, text: string): Value | undefined {
  if (table.match === 'whole') return Object.hasOwn(table.values, text) ? table.values[text] : undefined;
  let longest: string | undefined;
  for (const key in table.values) {
    if (text.startsWith(key) && key.length > (longest?.length ?? 0)) longest = key;
  }
  return longest === undefined ? undefined : table.values[longest];
}

function feeOf({ fees, decimalPoint }: ColumnMapping, header: Header, cell: CellReader): Decimal {
  let total = 0n;
  for (const { column, costs } of fees) {
    const text = header.placeOf(column) === null ? '' : cell(column);
    if (text === '' || text === '--') continue;
    const value = saying(column, text, () => cellNumber(text, decimalPoint));
    total += costs === 'negative' ? -value : value;
  }
  return total;
}

function timeOf(
  { time }: ColumnMapping,
  cell: CellReader,
  patterns: readonly TimeReader[],
  clock: ZoneClock,
): ReadTime {
  const [column = ''] = time.columns;
  const text = joinedCells(time.columns, cell);
  for (const read of patterns) {
    const found = saying(column, text, () => read(text, clock));
    if (found !== null) return found;
  }
  throw new RowRefusal(column, text, `is not a time like ${time.patterns.join(' or ')}`);
}

function exact(
  price: Decimal,
  multiplier: Decimal,
  { price: column }: ColumnMapping,
  cell: CellReader,
): void {
  saying(column, cell(column), () => multiply(price, multiplier));
}

function name(column: Column | null, text: string, what: string): string {
  if (text === '' || text.length > NAME_CHARACTERS) {
    throw new RowRefusal(column, text, `the ${what} must have 1 to ${NAME_CHARACTERS} characters`);
  }
  return text;
}

/** Runs a reader and says which cell it failed on. */
function saying<Result>(column: Column, text: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new RowRefusal(column, text, error.message);
    throw error;
  }
}

function issueOf({ line }: CsvRow, header: Header | null, { column, cell, message }: RowRefusal): RowIssue {
  const place = column === null ? null : (header?.placeOf(column) ?? null);
  return {
    line,
    column: place === null ? null : (header?.names[place] ?? null),
    text: cell.slice(0, SHOWN_CHARACTERS),
    reason: message,
  };
}

/** Oldest first, and numbered among those of the same time. */
function sequenced(contents: readonly Unplaced[], order: ColumnMapping['order']): readonly FillContent[] {
  const isNewestFirst =
    order === 'newest-first' ||
    (order === 'by-time' && (contents[0]?.atMs ?? 0) > (contents.at(-1)?.atMs ?? 0));
  const oldestFirst = isNewestFirst ? contents.toReversed() : contents;
  const next = new Map<number, number>();
  for (const content of oldestFirst) {
    content.sequence = next.get(content.atMs) ?? 0;
    next.set(content.atMs, content.sequence + 1);
  }
  return oldestFirst;
}
