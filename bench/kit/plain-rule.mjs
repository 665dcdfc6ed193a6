/** A rule that judges a condition on every minute of every symbol, and holds nothing back. */
export function ruleOf(when, id) {
  return {
    id,
    version: 1,
    name: id,
    symbols: ['*'],
    timeframe: '1m',
    when,
    on: 'barClose',
    cooldownBars: 0,
    oncePerSession: false,
    sessions: [],
    expiresMs: null,
    severity: 'info',
    explain: '',
  };
}
