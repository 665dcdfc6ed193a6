import { beforeEach, describe, expect, it } from '@jest/globals';
import { readSettings } from './settings';
import { SettingsStore } from './settings-store';

describe('the settings of a browser', () => {
  beforeEach(() => localStorage.clear());

  it('are kept for the next visit', () => {
    const store = new SettingsStore();
    store.change({ zone: 'utc', indicators: [{ kind: 'ema', values: [20] }] });
    expect(readSettings()).toEqual(store.all());
    expect(readSettings()).toMatchObject({ zone: 'utc', sound: true });
  });

  it.each([
    ['not JSON', '{'],
    ['no object', '7'],
    [
      'values that are no choices',
      '{"zone":"moon","sound":"loud","indicators":[{"kind":3},{"kind":"ema","values":[-1]}]}',
    ],
  ])('%s: everything is as by default', (_what, stored) => {
    const defaults = readSettings();
    localStorage.setItem('spotlight.settings', stored);
    expect(readSettings()).toEqual(defaults);
  });
});
