import { recordedCell, type TradeBatch } from '@libs/bars';

/** A trade as a line of a recording, its line feed included. */
export function tradeRow(batch: TradeBatch, row: number): string {
  const tsMs = batch.tsMs[row] as number;
  const price = decimal(batch.price[row] as number);
  const size = decimal(batch.size[row] as number);
  return `${tsMs},${price},${size},,${recordedCell(batch.updates[row] as number)}\n`;
}

/** A number as plain decimals, from which the same number is read: sizes of some coins are a billionth. */
function decimal(value: number): string {
  const text = String(value);
  if (value >= 1e-6 || value === 0) return text;
  const [mantissa = '', exponent] = text.split('e-');
  return `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`;
}
