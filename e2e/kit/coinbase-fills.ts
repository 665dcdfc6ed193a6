import { mulberry32 } from './trade-files.js';

const HEADER =
  'portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit';

/** An execution with known truth: money in whole cents. */
export interface MadeFill {
  readonly tradeId: number;
  readonly product: string;
  readonly side: 'BUY' | 'SELL';
  readonly atMs: number;
  readonly size: number;
  readonly priceCents: number;
  readonly feeCents: number;
}

/** Random executions of a few products that end flat in each, oldest first; `count` of them, or as many less as products ended flat by themselves. */
export function makeFills(seed: number, count: number, products = ['BTC-USD', 'ETH-USD']): MadeFill[] {
  const random = mulberry32(seed);
  const held = new Map<string, number>();
  const fills: MadeFill[] = [];
  const add = (product: string, units: number): void => {
    held.set(product, (held.get(product) ?? 0) + units);
    fills.push({
      tradeId: fills.length + 1,
      product,
      side: units > 0 ? 'BUY' : 'SELL',
      atMs: Date.parse('2026-05-04T14:00:00Z') + fills.length * 7_000,
      size: Math.abs(units),
      priceCents: 10_000 + Math.floor(random() * 2_000),
      feeCents: Math.floor(random() * 50),
    });
  };
  while (fills.length < count - products.length) {
    const product = products[Math.floor(random() * products.length)] as string;
    const units = 1 + Math.floor(random() * 9);
    // Positions are taken back every now and then, so that there are many round trips.
    const back = held.get(product) ?? 0;
    add(product, back !== 0 && random() < 0.5 ? -back : random() < 0.5 ? units : -units);
  }
  for (const [product, units] of held) if (units !== 0) add(product, -units);
  return fills;
}

/** The executions as Coinbase writes them. */
export function coinbaseCsv(fills: readonly MadeFill[]): string {
  const cents = (value: number): string => (value / 100).toFixed(2);
  const rows = fills.map(({ tradeId, product, side, atMs, size, priceCents, feeCents }) =>
    [
      'default',
      tradeId,
      product,
      side,
      new Date(atMs).toISOString(),
      size,
      product.slice(0, 3),
      cents(priceCents),
      cents(feeCents),
      cents(size * priceCents),
      'USD',
    ].join(','),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

/** What executions that end flat earned after fees, in cents. */
export function netCents(fills: readonly MadeFill[]): number {
  return fills.reduce((sum, { side, size, priceCents, feeCents }) => {
    const worth = size * priceCents;
    return sum + (side === 'SELL' ? worth : -worth) - feeCents;
  }, 0);
}
