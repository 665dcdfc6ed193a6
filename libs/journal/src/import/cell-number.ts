import { decimalOf, type Decimal } from '../money/decimal.js';

/** Characters of a faulty cell that are repeated. */
const SHOWN_CHARACTERS = 60;
/** Written as it is counted: nothing to be cleared away. */
const PLAIN = /^-?\d+(?:\.\d+)?$/;
const CURRENCY_SIGNS = /^([+-]?)[$€£¥]/;
const GROUPED = {
  '.': /^[+-]?\d{1,3}([, \u00a0]\d{3})+(\.\d*)?$/,
  ',': /^[+-]?\d{1,3}([. \u00a0]\d{3})+(,\d*)?$/,
} as const;
const GROUPS = { '.': /[, \u00a0]/g, ',': /[. \u00a0]/g } as const;

/**
 * Reads a number as brokers write it: `-$1,234.50`, `(12.00)` for below 0, `1.234,50` with a decimal comma.
 * @throws RangeError if the text is no such number; grouping that does not come out even is one of the reasons
 */
export function cellNumber(text: string, decimalPoint: '.' | ','): Decimal {
  if (decimalPoint === '.' && PLAIN.test(text)) return decimalOf(text);
  const isBracketed = text.startsWith('(') && text.endsWith(')');
  const bare = (isBracketed ? `-${text.slice(1, -1)}` : text).replace(CURRENCY_SIGNS, '$1');
  const ungrouped = GROUPED[decimalPoint].test(bare) ? bare.replace(GROUPS[decimalPoint], '') : bare;
  if (decimalPoint === ',' && ungrouped.includes('.')) {
    throw new RangeError(`"${text.slice(0, SHOWN_CHARACTERS)}" is not a number with a decimal comma`);
  }
  return decimalOf(decimalPoint === ',' ? ungrouped.replace(',', '.') : ungrouped);
}
