/** What can be drawn over a chart or under it, by the words of the rule language. */
export interface IndicatorKind {
  readonly key: string;
  readonly name: string;
  readonly isPane: boolean;
  /** Names and values to begin with of what can be set. */
  readonly parameters: readonly { readonly name: string; readonly value: number; readonly max: number }[];
  /** The lines it is made of: label and expression. */
  readonly lines: (values: readonly number[]) => readonly { readonly label: string; readonly text: string }[];
}

/** An indicator a user has chosen. */
export interface ChosenIndicator {
  readonly kind: string;
  readonly values: readonly number[];
}

const bars = (value: number, name = 'Bars') => ({ name, value, max: 500 });

/** Every kind, overlays first. */
export const INDICATOR_KINDS: readonly IndicatorKind[] = [
  single('vwap', 'VWAP', false, [], () => 'vwap'),
  single('ema', 'EMA', false, [bars(20)], ([length]) => `ema(${length})`),
  single('sma', 'SMA', false, [bars(50)], ([length]) => `sma(${length})`),
  {
    key: 'bollinger',
    name: 'Bollinger bands',
    isPane: false,
    parameters: [bars(20), { name: 'Deviations', value: 2, max: 10 }],
    lines: ([length, deviations]) =>
      ['Upper', 'Middle', 'Lower'].map((part) => ({
        label: `BB ${part.toLowerCase()} ${length} ${deviations}`,
        text: `bollinger${part}(${length}, ${deviations})`,
      })),
  },
  {
    key: 'range',
    name: 'Opening range',
    isPane: false,
    parameters: [{ name: 'Minutes', value: 15, max: 390 }],
    lines: ([minutes]) =>
      ['High', 'Low'].map((part) => ({
        label: `OR ${minutes} ${part.toLowerCase()}`,
        text: `openingRange${part}(${minutes})`,
      })),
  },
  {
    key: 'prior',
    name: 'Prior day',
    isPane: false,
    parameters: [],
    lines: () =>
      ['High', 'Low'].map((part) => ({ label: `Prior ${part.toLowerCase()}`, text: `prior${part}` })),
  },
  single('rsi', 'RSI', true, [bars(14)], ([length]) => `rsi(${length})`),
  {
    key: 'macd',
    name: 'MACD',
    isPane: true,
    parameters: [bars(12, 'Fast'), bars(26, 'Slow'), bars(9, 'Signal')],
    lines: (values) =>
      [
        ['MACD', 'macd'],
        ['Signal', 'macdSignal'],
      ].map(([label = '', word = '']) => ({
        label: `${label} ${values.join(' ')}`,
        text: `${word}(${values.join(', ')})`,
      })),
  },
  single('atr', 'ATR', true, [bars(14)], ([length]) => `atr(${length})`),
  single('adx', 'ADX', true, [bars(14)], ([length]) => `adx(${length})`),
  single('rvol', 'Relative volume', true, [{ name: 'Days', value: 5, max: 20 }], ([days]) => `rvol(${days})`),
];

/** The kind of a chosen indicator; `undefined` for one that is not known any more. */
export function kindOf({ kind }: ChosenIndicator): IndicatorKind | undefined {
  return INDICATOR_KINDS.find(({ key }) => key === kind);
}

/** `EMA 20` */
export function titleOf({ values }: ChosenIndicator, { name }: IndicatorKind): string {
  return [name, ...values].join(' ');
}

function single(
  key: string,
  name: string,
  isPane: boolean,
  parameters: IndicatorKind['parameters'],
  text: (values: readonly number[]) => string,
): IndicatorKind {
  return {
    key,
    name,
    isPane,
    parameters,
    lines: (values) => [{ label: [name, ...values].join(' '), text: text(values) }],
  };
}
