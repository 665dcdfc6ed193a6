import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableFileError } from '../import/csv-table.js';
import { decimalTexts, manyFills } from '../testing/arbitrary-fills.suite.js';
import { fillContent } from '../testing/fills.suite.js';
import { identified } from '../fills/identity.js';
import { journalFromCsv, journalToCsv } from './csv-export.js';
import { BrokenExportError, type Journal, type JournalNote } from './journal-record.js';
import { journalFromJson, journalToJson } from './json-export.js';
import { plainText, spreadsheetText } from './spreadsheet-text.js';

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      "'",
      '"',
      ',',
      ';',
      '\t',
      '\r',
      '\n',
      ' ',
      '\uFEFF',
      '＝',
      'é',
      '😀',
      'a',
    ),
    fc.string({ minLength: 1, maxLength: 1 }).filter((char) => char !== '\0'),
  ),
  maxLength: 12,
});
const name = nasty.filter((text) => text !== '');
const notes: fc.Arbitrary<JournalNote[]> = fc.array(
  fc.record({
    id: name,
    fillId: fc.option(name),
    atMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    symbol: fc.option(name),
    text: nasty,
    tags: fc.array(nasty, { maxLength: 4 }),
    rating: fc.constantFrom(null, 1, 5),
    setup: fc.option(name),
    followedRules: fc.constantFrom(null, true, false),
    stop: fc.option(decimalTexts(-(10n ** 9n), 10n ** 9n, 4)),
    target: fc.option(decimalTexts(-(10n ** 9n), 10n ** 9n, 4)),
  }),
  { maxLength: 6 },
);
const journals: fc.Arbitrary<Journal> = fc.tuple(manyFills, notes, name).map(([fills, written, account]) => ({
  fills: fills.map((fill) => ({ ...fill, account, symbol: account })),
  notes: written,
}));

/** Cells of a file as any spreadsheet sees them. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

describe('export', () => {
  it('comes back byte for byte as JSON', () =>
    fc.assert(
      fc.property(journals, (journal) => {
        const text = journalToJson(journal);
        expect(journalFromJson(text)).toEqual(journal);
        expect(journalToJson(journalFromJson(text))).toBe(text);
      }),
      { numRuns: 60 },
    ));

  it('comes back byte for byte as CSV, notes and tags included', () =>
    fc.assert(
      fc.property(journals, (journal) => {
        const files = journalToCsv(journal);
        expect(journalFromCsv(files)).toEqual(journal);
        expect(journalToCsv(journalFromCsv(files))).toEqual(files);
      }),
      { numRuns: 100 },
    ));

  it('neutralises formulas and undoes it', () =>
    fc.assert(
      fc.property(nasty, (text) => {
        expect(plainText(spreadsheetText(text))).toBe(text);
        expect(spreadsheetText(text)).not.toMatch(FORMULA);
      }),
    ));

  it('keeps formulas within their cell where a semicolon separates', () => {
    const about = { id: 'n', fillId: 'x', atMs: 7, symbol: null };
    const note = { ...about, text: 'a;=1+1', tags: ['=2'], rating: null, setup: null };
    const { notes: text } = journalToCsv({
      fills: [],
      notes: [{ ...note, followedRules: null, stop: '-1', target: null }],
    });
    expect(text.split('\r\n')[1]).toBe('n,x,7,,"a;=1+1","[""=2""]",,,,-1,');
  });

  it.each([
    ['side', 'hold', 'side must be buy or sell'],
    ['quantity', '0', 'above 0'],
    ['price', '1.50', 'without zeros'],
    ['price', 'x', 'decimal number'],
    ['atMs', 1.5, 'whole number'],
    ['symbol', '', 'empty'],
  ])('refuses a fill whose %s is %j', (field, value, reason) => {
    const [fill] = identified([fillContent({})]);
    const text = JSON.stringify({
      format: 'spotlight-journal',
      version: 1,
      fills: [{ ...fill, [field]: value }],
      notes: [],
    });
    expect(() => journalFromJson(text)).toThrow(BrokenExportError);
    expect(() => journalFromJson(text)).toThrow(reason);
  });

  it.each([
    ['rating', 6],
    ['tags', 'x'],
    ['tags', Array(31).fill('x')],
    ['followedRules', 'yes'],
    ['text', 'x'.repeat(5001)],
    ['text', '\0'],
    ['setup', '\ud800'],
  ])('refuses a note whose %s is %.20j', (field, value) => {
    const note = {
      id: 'n',
      fillId: 'x',
      atMs: 0,
      symbol: null,
      text: '',
      tags: [],
      rating: null,
      setup: null,
      followedRules: null,
      stop: null,
      target: null,
    };
    const text = JSON.stringify({
      format: 'spotlight-journal',
      version: 1,
      fills: [],
      notes: [{ ...note, [field]: value }],
    });
    expect(() => journalFromJson(text)).toThrow(BrokenExportError);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"format":"x","version":1}',
    '{"format":"spotlight-journal","version":1,"fills":{}}',
  ])('refuses %j as JSON', (text) => expect(() => journalFromJson(text)).toThrow(BrokenExportError));

  it('refuses CSV files of another kind or cut off', () => {
    const files = journalToCsv({ fills: identified([fillContent({})]), notes: [] });
    expect(() => journalFromCsv({ ...files, fills: 'a,b\r\n' })).toThrow(BrokenExportError);
    expect(() => journalFromCsv({ ...files, fills: files.fills.slice(0, -5) })).toThrow(BrokenExportError);
    expect(() => journalFromCsv({ ...files, fills: `${files.fills}"` })).toThrow(UnreadableFileError);
  });
});
