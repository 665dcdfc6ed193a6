/** What the user may choose; `auto` follows the system. */
export const THEMES = ['auto', 'dark', 'light', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'spotlight.theme';

/** The stored choice, `auto` when there is none or storage is blocked. */
export function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return THEMES.find((theme) => theme === stored) ?? 'auto';
  } catch {
    return 'auto'; // Storage may be blocked; the system's choice is as good.
  }
}

/** Keeps the choice for the next visit, where the browser lets us. */
export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Nothing to do: the choice holds until the page is closed.
  }
}

/** Colours the page. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme === 'auto' ? systemTheme() : theme;
}

/** Calls back when the system changes between dark and light or wants more contrast. */
export function onSystemThemeChange(listener: () => void): () => void {
  const queries = [matchMedia('(prefers-color-scheme: light)'), matchMedia('(prefers-contrast: more)')];
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}

function systemTheme(): Exclude<Theme, 'auto'> {
  if (matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
}
