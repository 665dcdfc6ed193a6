import fc from 'fast-check';

/** A short period: its whole memory fits into a few hundred bars. */
const period = fc.integer({ min: 1, max: 4 });

/** Numbers near the price, so that comparing two of them is an open question. */
const price = fc.letrec<{ price: string }>((tie) => ({
  price: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      'open',
      'high',
      'low',
      'close',
      'vw',
      'vwap',
      '(high + low) / 2',
      'bollingerUpper(4, 1)',
      'bollingerLower(4, 1)',
    ),
    fc.tuple(fc.constantFrom('sma', 'ema'), period).map(([word, bars]) => `${word}(${bars})`),
    fc.constantFrom(
      'dayHigh',
      'priorClose',
      'openingRangeHigh(30)',
      'openingRangeLow(30)',
      'anchoredVwap("15:00")',
      'on("5m", ema(3))',
      'on("15m", 100)',
    ),
    fc
      .tuple(fc.constantFrom('highest', 'lowest', 'ago'), tie('price'), period)
      .map(([word, value, bars]) => `${word}(${value}, ${bars})`),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('price'), tie('price'))
      .map(([word, one, other]) => `${word}(${one}, ${other})`),
  ),
})).price;

const comparison = fc.constantFrom('<', '<=', '>', '>=');

const plainCondition = fc.oneof(
  fc.tuple(price, comparison, price).map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('crossesAbove', 'crossesBelow'), price, price)
    .map(([word, one, other]) => `${word}(${one}, ${other})`),
  fc
    .tuple(
      fc.constantFrom('rsi', 'adx', 'plusDi', 'minusDi'),
      period,
      comparison,
      fc.integer({ min: 20, max: 80 }),
    )
    .map(([word, bars, sign, level]) => `${word}(${bars}) ${sign} ${level}`),
  fc.constantFrom(
    'macd(2, 4, 3) > 0',
    'macd(2, 4, 3) > macdSignal(2, 4, 3)',
    'macdHistogram(2, 4, 3) <= 0',
    'high - low > atr(3)',
  ),
  fc.constantFrom(
    'volume > sma(volume, 4)',
    'volume / ago(volume, 1) > 2',
    'trades % 2 == 1',
    'streak(close > open) == 2',
    'barsSince(close > open) >= 2',
  ),
  fc.constantFrom(
    'timeBetween("03:00", "19:30")',
    'weekday in ["Mon", "Fri", "Sat"]',
    'session == "open24"',
    'minutesSinceOpen % 7 > 3',
  ),
);

/** Conditions out of the rule language's grammar, of moderate size. */
export const anyCondition: fc.Arbitrary<string> = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    plainCondition,
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([one, operator, other]) => `(${one}) ${operator} (${other})`),
    tie('condition').map((inner) => `!(${inner})`),
    tie('condition').map((inner) => `on("5m", ${inner})`),
    fc.tuple(tie('condition'), period).map(([inner, bars]) => `count(${inner}, 4) >= ${bars}`),
  ),
})).condition;
