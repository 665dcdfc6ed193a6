import type { Bar, Microbar } from './bar.js';

/**
 * The one text of a bar: history, stream and replay all send this, so the same bar is the same bytes everywhere.
 * Key order is fixed; numbers are JavaScript's shortest round-trip form.
 */
export function barJson(bar: Bar): string {
  const { o, h, l, c, v } = bar.ohlcv;
  return (
    `{"symbol":"${bar.symbol}","timeframe":"${bar.timeframe}","seq":${bar.seq},"prev_seq":${bar.prev_seq},"rev":${bar.rev},` +
    `"bar_start":${bar.bar_start},"bar_end":${bar.bar_end},` +
    `"ohlcv":{"o":${o},"h":${h},"l":${l},"c":${c},"v":${v}},"vw":${bar.vw},"n":${bar.n}}`
  );
}

/** The one text of a microbar. Symbols need no escaping: letters, digits, dot and dash are all they hold. */
export function microbarJson(microbar: Microbar): string {
  const { o, h, l, c, v } = microbar.ohlcv;
  return (
    `{"symbol":"${microbar.symbol}","timeframe":"${microbar.timeframe}","seq":${microbar.seq},` +
    `"bar_start":${microbar.bar_start},"bar_end":${microbar.bar_end},` +
    `"ohlcv":{"o":${o},"h":${h},"l":${l},"c":${c},"v":${v}},"ts":${microbar.ts}}`
  );
}
