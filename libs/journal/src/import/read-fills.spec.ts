import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellNumber } from './cell-number.js';
import { checkedMapping, type ColumnMapping } from './column-mapping.js';
import { FILE_LIMITS, readCsv, UnreadableFileError } from './csv-table.js';
import { PRESETS } from './presets.js';
import { previewFills, previewRows } from './preview.js';
import { readFills, type ImportOptions } from './read-fills.js';

const OPTIONS: ImportOptions = { zone: 'America/New_York', account: 'mine', currency: 'USD' };
const OWN: ColumnMapping = {
  version: 1,
  name: 'my broker',
  broker: 'mine',
  delimiter: null,
  decimalPoint: ',',
  header: ['Zeit', 'Titel', 'Stück', 'Kurs'],
  endsAtEmptyRow: false,
  order: 'by-time',
  time: { columns: ['Tag', 'Zeit'], patterns: ['dd.MM.yyyy HH:mm:ss'] },
  symbol: ['Titel'],
  side: null,
  quantity: 'Stück',
  price: 'Kurs',
  fees: [],
  multiplier: { fixed: '1' },
  account: null,
  currency: null,
  feeCurrency: null,
  brokerFillId: [],
  only: [],
};
const HEADER = 'Tag;Zeit;Titel;Stück;Kurs';
const read = (...lines: readonly string[]) => readFills([HEADER, ...lines].join('\n'), OWN, OPTIONS);

describe('reading fills by a mapping of one’s own', () => {
  it('reads decimal commas, joined times and signed quantities', () => {
    const { fills } = read('02.03.2026;15:30:00;SAP;-1.000;1.234,50');
    expect(fills).toMatchObject([{ side: 'sell', quantity: '1000', price: '1234.5', symbol: 'SAP' }]);
  });

  it('puts the newest last, and keeps equal fills', () => {
    const line = '02.03.2026;15:30:00;SAP;1;10';
    const { fills } = read('03.03.2026;15:30:00;SAP;2;10', line, line);
    expect(fills.map(({ quantity }) => quantity)).toEqual(['1', '1', '2']);
    expect(new Set(fills.map(({ id }) => id)).size).toBe(3);
    expect(read(line, line, '03.03.2026;15:30:00;SAP;2;10').fills.map(({ id }) => id)).toEqual(
      fills.map(({ id }) => id),
    );
  });

  it.each([
    ['08.03.2026;02:30:00;SAP;1;10', 'Tag', 'does not exist'],
    ['01.11.2026;01:30:00;SAP;1;10', 'Tag', 'came twice'],
    ['2026-03-02;15:30:00;SAP;1;10', 'Tag', 'is not a time like'],
    ['02.03.2026;15:30:00;;1;10', 'Titel', 'symbol'],
    ['02.03.2026;15:30:00;SAP;0;10', 'Stück', 'quantity is 0'],
    ['02.03.2026;15:30:00;SAP;1;10.5', 'Kurs', 'decimal comma'],
    ['02.03.2026;15:30:00;SAP;1;', 'Kurs', 'not a number'],
    ['02.03.2026;15:30:00;SAP;1;1e3', 'Kurs', 'not a number'],
    ['02.03.2026;15:30:00;SAP', 'Stück', 'not a number'],
    [`02.03.2026;15:30:00;${'x'.repeat(FILE_LIMITS.cell + 1)};1;10`, null, 'has a cell of more'],
    [';'.repeat(FILE_LIMITS.columns), null, 'columns'],
  ])('refuses %.60s and says why', (line, column, reason) => {
    const good = '02.03.2026;15:30:00;SAP;1;10';
    const { fills, refused } = read(good, line, good);
    expect(fills).toHaveLength(2);
    expect(refused).toMatchObject([{ line: 3, column }]);
    expect(refused[0]?.reason).toContain(reason);
  });

  it('counts lines across quoted line breaks', () => {
    const { refused } = read('02.03.2026;15:30:00;"S\r\nA\nP";1;10', '', 'x;x;SAP;1;10');
    expect(refused.map(({ line }) => line)).toEqual([6]);
  });

  it('asks for a zone by its place', () =>
    expect(() => readFills(HEADER, OWN, { ...OPTIONS, zone: 'EST' })).toThrow('is no time zone'));

  it.each([
    ['', 'No line has the columns of my broker'],
    ['a;b\n1;2', 'No line has the columns of my broker'],
    [`${HEADER}\n"02.03.2026;15:30:00;SAP;1;10`, 'never closed'],
    [`${HEADER}\n\u0000`, 'UTF-8'],
    [`${HEADER};Kurs\n`, 'Two columns are named "Kurs"'],
  ])('refuses the whole file %j', (text, reason) => {
    expect(() => readFills(text, OWN, OPTIONS)).toThrow(UnreadableFileError);
    expect(() => readFills(text, OWN, OPTIONS)).toThrow(reason);
  });

  it('refuses a file of too many rows', () =>
    expect(() => readFills(`${HEADER}\n${'\n'.repeat(FILE_LIMITS.rows)}`, OWN, OPTIONS)).toThrow('rows'));

  it('takes any garbage without losing a row or falling over', () => {
    const garbage = fc.string({ unit: fc.constantFrom('"', ';', ',', '\n', '\r', 'a', '1', '=', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(garbage, { maxLength: 8 }), (lines) => {
        const text = [HEADER, ...lines].join('\n');
        try {
          const { fills, refused, skipped } = readFills(text, OWN, OPTIONS);
          const rows = readCsv(text, { delimiter: ';' }).filter(({ cells }) => cells.length > 0);
          expect(fills.length + refused.length + skipped.length).toBe(rows.length - 1);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableFileError);
        }
      }),
    );
  });

  it('shows the beginning of a file before it is imported', () => {
    const lines = Array.from({ length: 40 }, (_, row) => `02.03.2026;15:30:00;S${row};1;10`);
    const text = [HEADER, ...lines, 'x;y;z;1;1'].join('\n');
    expect(previewRows(text, ';')[1]).toEqual(['02.03.2026', '15:30:00', 'S0', '1', '10']);
    const preview = previewFills(text, OWN, OPTIONS);
    expect(preview.counts).toEqual({ fills: 40, refused: 1, skipped: 0 });
    expect(preview.fills).toHaveLength(20);
    expect(preview.refused).toHaveLength(1);
  });
});

describe('mappings from outside', () => {
  it('takes what it wrote', () => expect(checkedMapping(JSON.parse(JSON.stringify(OWN)))).toEqual(OWN));

  it.each([
    [{ version: 2 }, 'version'],
    [{ header: [] }, 'header'],
    [{ delimiter: 'x' }, 'delimiter'],
    [{ time: { columns: ['a'], patterns: ['HH'] } }, 'pattern'],
    [{ quantity: 5 }, 'quantity'],
    [{ multiplier: { fixed: '0' } }, 'multiplier'],
    [{ side: { column: 'a', match: 'whole', values: { x: 'hold' }, others: 'skip' } }, 'side.values.x'],
    [{ name: 'x'.repeat(300) }, 'name'],
  ])('refuses %j', (fault, reason) => expect(() => checkedMapping({ ...OWN, ...fault })).toThrow(reason));
  it('refuses what is no object', () => expect(() => checkedMapping([])).toThrow('object'));
  it('keeps nothing that is not its own', () =>
    expect(checkedMapping({ ...PRESETS.coinbase, extra: 1 })).toEqual(PRESETS.coinbase));
});

describe('numbers in cells', () => {
  it.each([
    ['-$1,234.50', '.', -1234500n],
    ['(12.00)', '.', -12000n],
    ['$-5', '.', -5000n],
    ['1,23', '.', null],
    ['12,34,567', '.', null],
    ['1 234,5', ',', 1234500n],
    ['1.234', ',', 1234000n],
    ['1.23', ',', null],
  ] as const)('%s with %s', (text, point, thousandths) => {
    if (thousandths === null) expect(() => cellNumber(text, point)).toThrow(RangeError);
    else expect(cellNumber(text, point)).toBe(thousandths * 10n ** 15n);
  });
});
