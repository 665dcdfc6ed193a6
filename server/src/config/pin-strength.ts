/** Fewest characters of a PIN that is asked for on this machine and in private networks alone. */
export const PIN_MIN_PRIVATE = 6;
/** Fewest characters where the desk has a public origin. */
export const PIN_MIN_PUBLIC = 8;
const PIN_MAX = 128;
/** A PIN built of fewer characters is guessed by shape. */
const MIN_DIFFERENT = 3;

/** Rows of keys and the alphabet: a PIN that walks along one, in either direction, is guessed first. */
const ROWS = [
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '147258369',
  '159357',
];

/** What leaked lists hold most often besides rows, repeats and dates, at six characters or more. */
const LISTED = new Set(
  (
    'password passw0rd password1 letmein welcome iloveyou monkey dragon sunshine princess football baseball master ' +
    'shadow superman trustno1 whatever freedom secret changeme default admin123 administrator login123 qwerty123 ' +
    'qwerty1 abc123 abcd1234 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsx zaq12wsx asdfgh zxcvbn 123abc 123qwe a1b2c3 ' +
    '112233 11223344 123321 1234321 12344321 159753 147258 142536 246810 135790 102030 10203040 131313 696969 ' +
    '007007 520520 5201314 789456 741852 963852 852456 258456 456852 654123 321654 123654 123789 987456 ' +
    'spotlight trader trading spotlighttrader bitcoin stocks market'
  ).split(' '),
);

/** Why a PIN is refused, as the rest of a sentence that begins with its setting's name; `null` for one that will do. */
export function weaknessOf(pin: string, minLength: number): string | null {
  if (pin.length < minLength) return `must have at least ${minLength} characters`;
  if (pin.length > PIN_MAX) return `must have at most ${PIN_MAX} characters`;
  const plain = pin.toLowerCase();
  if (new Set(plain).size < MIN_DIFFERENT) return `must have at least ${MIN_DIFFERENT} different characters`;
  if (isRepeated(plain)) return 'must not repeat one part of itself';
  if (isRow(plain)) return 'must not be a row of keys, digits or letters';
  if (isDate(plain)) return 'must not be a date';
  return LISTED.has(plain) ? 'is on the lists that are tried first' : null;
}

/** `123123`, `abab`: one part, said again until the end. */
function isRepeated(pin: string): boolean {
  return /^(.+?)\1+$/s.test(pin);
}

function isRow(pin: string): boolean {
  const backwards = Array.from(pin).reverse().join('');
  return ROWS.some((row) => {
    const round = row + row;
    return round.includes(pin) || round.includes(backwards);
  });
}

/** Eight digits, or six with the year cut short, in any order people write dates in. */
function isDate(pin: string): boolean {
  if (/^\d{8}$/.test(pin)) {
    const [head, tail] = [Number(pin.slice(0, 4)), Number(pin.slice(4))];
    return (isYear(head) && isDayAndMonth(pin.slice(4))) || (isYear(tail) && isDayAndMonth(pin.slice(0, 4)));
  }
  if (!/^\d{6}$/.test(pin)) return false;
  return isDayAndMonth(pin.slice(0, 4)) || isDayAndMonth(pin.slice(2));
}

function isYear(year: number): boolean {
  return year >= 1900 && year < 2100;
}

function isDayAndMonth(digits: string): boolean {
  const [one, other] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  return (isDay(one) && isMonth(other)) || (isMonth(one) && isDay(other));
}

const isDay = (value: number): boolean => value >= 1 && value <= 31;
const isMonth = (value: number): boolean => value >= 1 && value <= 12;
