import type { ColumnMapping } from '@libs/journal';

/** What a trader chooses of the columns of an unknown file. */
export interface ColumnChoice {
  readonly name: string;
  readonly delimiter: ColumnMapping['delimiter'];
  readonly decimalPoint: '.' | ',';
  readonly time: string;
  readonly pattern: string;
  readonly symbol: string;
  /** Empty: bought where the quantity is above 0. */
  readonly side: string;
  readonly buyWord: string;
  readonly sellWord: string;
  readonly quantity: string;
  readonly price: string;
  /** Empty for none. */
  readonly fee: string;
  readonly fillId: string;
  readonly multiplier: string;
}

/** The first thing that is still missing; `null` where the choice is complete. */
export function missingIn(choice: ColumnChoice): string | null {
  const needed: readonly (readonly [keyof ColumnChoice, string])[] = [
    ['name', 'Give the format a name.'],
    ['time', 'Choose the column of the time.'],
    ['pattern', 'Say how the time is written, such as yyyy-MM-dd HH:mm:ss.'],
    ['symbol', 'Choose the column of the symbol.'],
    ['quantity', 'Choose the column of the quantity.'],
    ['price', 'Choose the column of the price.'],
  ];
  const missing = needed.find(([field]) => choice[field] === '');
  if (missing !== undefined) return missing[1];
  if (choice.side !== '' && (choice.buyWord === '' || choice.sellWord === ''))
    return 'Say which words of the side column mean bought and sold.';
  return null;
}

/** The mapping a choice comes to. */
export function mappingOf(choice: ColumnChoice): ColumnMapping {
  const { name, delimiter, decimalPoint, time, pattern, symbol, side, quantity, price, fee, fillId } = choice;
  return {
    version: 1,
    name,
    broker: name.toLowerCase(),
    delimiter,
    decimalPoint,
    header: [...new Set([time, symbol, quantity, price, ...(side === '' ? [] : [side])])],
    endsAtEmptyRow: false,
    order: 'by-time',
    time: { columns: [time], patterns: [pattern] },
    symbol: [symbol],
    side:
      side === ''
        ? null
        : {
            column: side,
            match: 'whole',
            values: { [choice.buyWord]: 'buy', [choice.sellWord]: 'sell' },
            others: 'refuse',
          },
    quantity,
    price,
    fees: fee === '' ? [] : [{ column: fee, costs: 'positive' }],
    multiplier: { fixed: choice.multiplier === '' ? '1' : choice.multiplier },
    account: null,
    currency: null,
    feeCurrency: null,
    brokerFillId: fillId === '' ? [] : [fillId],
    only: [],
  };
}
