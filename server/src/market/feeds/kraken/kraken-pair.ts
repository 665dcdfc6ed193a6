/** Names of coins that Kraken's REST service has from before everybody else's. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['BTC', 'XBT'],
  ['DOGE', 'XDG'],
]);

/** `BTC-USD` as the WebSocket names it: `BTC/USD`. */
export function streamPair(symbol: string): string {
  return symbol.replace('-', '/');
}

/** `BTC-USD` as the REST service names it: `XBTUSD`. */
export function restPair(symbol: string): string {
  return symbol
    .split('-')
    .map((coin) => OLD_NAMES.get(coin) ?? coin)
    .join('');
}

/** `BTC-USD` for what the REST service lists as `XBT/USD`. */
export function symbolOfPair(listed: string): string {
  const newNames = new Map([...OLD_NAMES].map(([name, old]) => [old, name]));
  return listed
    .split('/')
    .map((coin) => newNames.get(coin) ?? coin)
    .join('-');
}
