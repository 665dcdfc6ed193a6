// Runs before the first paint and before the desk's own code has arrived: the theme, so that no wrong one flashes, and
// the first requests, so that the bars are here when the chart is. The same choices as `theme.ts` and `selection.ts` in
// client/src/app/data-access; where the two differ the desk asks again.
(() => {
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage may be blocked.
    }
  };

  const is = (query) => matchMedia(query).matches;
  const system = () => (is('(prefers-color-scheme: light)') ? 'light' : 'dark');
  const stored = read('spotlight.theme');
  const isTheme = ['dark', 'light', 'contrast'].includes(stored);
  document.documentElement.dataset.theme = isTheme
    ? stored
    : is('(prefers-contrast: more)')
      ? 'contrast'
      : system();

  let start = null;
  try {
    const { updown, density, start: chosen } = JSON.parse(read('spotlight.settings') ?? '{}');
    if (['blue-red', 'ink', 'classic'].includes(updown)) document.documentElement.dataset.updown = updown;
    start = chosen ?? null;
    if (density === 'compact') document.documentElement.dataset.density = density;
  } catch {
    // Something else is stored there; the desk begins as by default.
  }

  // Before the PIN was given every request would be refused.
  if (document.querySelector('meta[name="st-login"]')?.content === 'needed') return;

  const asked = new URLSearchParams(location.search);
  const last = new URLSearchParams(start ?? read('spotlight.selection') ?? '');
  const symbol = (asked.get('symbol') ?? last.get('symbol') ?? '').toUpperCase();
  const timeframe = asked.get('timeframe') ?? last.get('timeframe') ?? '1m';
  const urls = ['/api/symbols'];
  if (symbol !== '') urls.unshift(`/api/history?${new URLSearchParams({ symbol, timeframe, limit: '300' })}`);
  const answers = new Map();
  for (const url of urls) {
    const answer = fetch(url).then((response) => response.json().then((body) => ({ ok: response.ok, body })));
    answer.catch(() => undefined); // Whoever takes the answer asks again.
    answers.set(url, answer);
  }
  globalThis.spotlightFirstAnswers = answers;
})();
