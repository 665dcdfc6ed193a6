import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { applyTheme, readTheme, storeTheme } from './theme';

describe('the theme', () => {
  const known = globalThis.matchMedia;

  beforeEach(() => localStorage.clear());
  afterEach(() => {
    globalThis.matchMedia = known;
    jest.restoreAllMocks();
  });

  function systemWants(...wanted: string[]): void {
    globalThis.matchMedia = (media) => Object.assign(known(''), { media, matches: wanted.includes(media) });
  }

  function applied(): string | undefined {
    return document.documentElement.dataset['theme'];
  }

  it('follows the system until it is chosen', () => {
    expect(readTheme()).toBe('auto');
    systemWants();
    applyTheme('auto');
    expect(applied()).toBe('dark');
    systemWants('(prefers-color-scheme: light)');
    applyTheme('auto');
    expect(applied()).toBe('light');
    systemWants('(prefers-color-scheme: light)', '(prefers-contrast: more)');
    applyTheme('auto');
    expect(applied()).toBe('contrast');
  });

  it('is kept for the next visit and wins over the system', () => {
    storeTheme('dark');
    expect(readTheme()).toBe('dark');
    systemWants('(prefers-color-scheme: light)');
    applyTheme(readTheme());
    expect(applied()).toBe('dark');
  });

  it('passes over what is no theme, and over blocked storage', () => {
    localStorage.setItem('spotlight.theme', 'pink');
    expect(readTheme()).toBe('auto');
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError');
    });
    expect(readTheme()).toBe('auto');
  });
});
