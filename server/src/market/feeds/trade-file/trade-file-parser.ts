import { updatesOf, type IsRegularHours, type SaleConditions } from '@libs/bars';
import { ConditionCells } from './condition-cells.js';
import { cellText, parseDecimal, parseWholeNumber } from './decimal-cell.js';
import { rejectOutliers } from './outliers.js';
import type { RejectRow } from './reject-row.js';
import { TradeColumns } from './trade-columns.js';
import { parseTradeFileHeader, type TradeFileColumns } from './trade-file-header.js';
import { TradeFileError } from './trade-file-error.js';

const COMMA = 44;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const ZERO = 48;
const ONE = 49;
const LONGEST_LINE = 1_024;
const LONGEST_HEADER = 256;
const LARGEST_PRICE = 1e12;
const LARGEST_SIZE = 1e15;
/** A day's file may be a day of any zone on earth, and no more. */
const FROM_DATE_MS = 36 * 3_600_000;

/** What the parser must know besides the bytes. */
export interface TradeFileParserOptions {
  /** Midnight UTC of the date in the file's name. */
  readonly dateMs: number;
  readonly conditions: SaleConditions;
  readonly isRegularHours: IsRegularHours;
  /** Whether rows that their neighbours disprove are kept all the same. Default false. */
  readonly keepsOutliers?: boolean;
  readonly reject: RejectRow;
}

/**
 * Reads the text of a trade file into columns, working on the bytes: no string and no object is made per row. Call
 * {@link parseRows} until it says that it is done, then take {@link finish}. Throws {@link TradeFileError} where the
 * header is wrong.
 */
export class TradeFileParser {
  /** How often each condition code that the dialect does not know was seen. */
  readonly unknownConditions = new Map<string, number>();
  private readonly columns: TradeFileColumns;
  private readonly cells: ConditionCells;
  private readonly trades = new TradeColumns();
  /** Cell `c` of the current line is `bytes[cellEnds[c] + 1, cellEnds[c + 1])`. */
  private readonly cellEnds: Int32Array;
  private position: number;
  private line = 1;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly options: TradeFileParserOptions,
  ) {
    const { header, next } = readHeader(bytes);
    const columns = parseTradeFileHeader(header);
    if (typeof columns === 'string')
      throw new TradeFileError(`${columns} (line 1: "${header.slice(0, 80)}")`);
    this.columns = columns;
    this.position = next;
    this.cellEnds = new Int32Array(columns.count + 1);
    this.cells = new ConditionCells(bytes, options.conditions);
  }

  /** Reads up to `limit` more rows. Returns whether all have been read. */
  parseRows(limit: number): boolean {
    const { bytes } = this;
    for (let rows = 0; rows < limit && this.position < bytes.length; rows++) {
      this.line++;
      const start = this.position;
      const cells = this.splitLine(start);
      if (this.position - start > LONGEST_LINE) {
        this.options.reject('oversized', this.line, `line of ${this.position - start} bytes`);
      } else if (cells !== this.columns.count) {
        const wanted = this.columns.count;
        this.options.reject(
          'malformed',
          this.line,
          `${cells} cells instead of ${wanted}: "${this.text(start)}"`,
        );
      } else {
        this.takeRow();
      }
    }
    return this.position >= bytes.length;
  }

  /** The trades, after single rows that their neighbours disprove were taken out. */
  finish(): TradeColumns {
    if (this.options.keepsOutliers !== true) rejectOutliers(this.trades, this.options.reject);
    return this.trades;
  }

  /** Finds the cells of the line at `start`, moves `position` behind the line, and returns the number of cells. */
  private splitLine(start: number): number {
    const { bytes, cellEnds } = this;
    const wanted = cellEnds.length - 1;
    let cells = 0;
    let i = start;
    cellEnds[0] = start - 1;
    for (; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte === LINE_FEED) break;
      if (byte === COMMA && ++cells < wanted) cellEnds[cells] = i;
    }
    this.position = i + 1;
    cells++;
    if (cells === wanted) cellEnds[cells] = i > start && bytes[i - 1] === CARRIAGE_RETURN ? i - 1 : i;
    return cells;
  }

  private takeRow(): void {
    const { columns, options, bytes, line, cellEnds } = this;
    const tsMs = parseWholeNumber(
      bytes,
      this.cellStart(columns.time),
      cellEnds[columns.time + 1] as number,
      columns.timeDigitsBelowMs,
    );
    if (!(Math.abs(tsMs - options.dateMs) <= FROM_DATE_MS)) {
      options.reject(
        'bad_time',
        line,
        `time "${this.cell(columns.time)}" is not within 36 h of the file's date`,
      );
      return;
    }
    const price = parseDecimal(bytes, this.cellStart(columns.price), cellEnds[columns.price + 1] as number);
    if (!(price > 0 && price <= LARGEST_PRICE)) {
      options.reject(
        'bad_price',
        line,
        `price "${this.cell(columns.price)}" is not a number above 0 and up to 1e12`,
      );
      return;
    }
    const size = parseDecimal(bytes, this.cellStart(columns.size), cellEnds[columns.size + 1] as number);
    if (!(size >= 0 && size <= LARGEST_SIZE)) {
      options.reject('bad_size', line, `size "${this.cell(columns.size)}" is not a number from 0 to 1e15`);
      return;
    }
    const suspicious = columns.suspicious < 0 ? 0 : this.flagAt(columns.suspicious);
    if (suspicious < 0) {
      options.reject('malformed', line, `suspicious is "${this.cell(columns.suspicious)}" instead of 0 or 1`);
      return;
    }
    const rule = this.cells.ruleAt(
      this.cellStart(columns.conditions),
      cellEnds[columns.conditions + 1] as number,
    );
    if (rule.unknownCodes.length > 0) this.countUnknown(rule.unknownCodes);
    this.trades.push(
      tsMs,
      price,
      size,
      updatesOf(rule, suspicious === 1, tsMs, options.isRegularHours),
      line,
    );
  }

  /** 0 or 1, -1 for anything else. An empty cell is 0. */
  private flagAt(column: number): number {
    const start = this.cellStart(column);
    const length = (this.cellEnds[column + 1] as number) - start;
    if (length === 0) return 0;
    const byte = this.bytes[start];
    return length === 1 && (byte === ZERO || byte === ONE) ? byte - ZERO : -1;
  }

  private cellStart(column: number): number {
    return (this.cellEnds[column] as number) + 1;
  }

  private cell(column: number): string {
    return printable(this.bytes, this.cellStart(column), this.cellEnds[column + 1] as number);
  }

  private text(lineStart: number): string {
    return printable(this.bytes, lineStart, Math.min(this.position - 1, this.bytes.length));
  }

  private countUnknown(codes: readonly string[]): void {
    for (const code of codes) {
      if (this.unknownConditions.size >= 100 && !this.unknownConditions.has(code)) continue;
      this.unknownConditions.set(code, (this.unknownConditions.get(code) ?? 0) + 1);
    }
  }
}

function readHeader(bytes: Uint8Array): { header: string; next: number } {
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const start = hasByteOrderMark ? 3 : 0;
  let end = start;
  while (end < bytes.length && bytes[end] !== LINE_FEED && end - start <= LONGEST_HEADER) end++;
  if (end === start) throw new TradeFileError('there is no header line');
  const textEnd = bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
  return { header: printable(bytes, start, textEnd).trimEnd(), next: end + 1 };
}

/** At most 80 characters of the bytes, without anything that would disturb a log line. */
function printable(bytes: Uint8Array, start: number, end: number): string {
  return cellText(bytes, start, Math.min(end, start + LONGEST_HEADER)).replace(/[^\x20-\x7e]/g, '?');
}
