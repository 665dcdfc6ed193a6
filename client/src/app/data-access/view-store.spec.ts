import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pathOf, VIEWS, viewOf, ViewStore } from './view-store';

describe('views and their addresses', () => {
  beforeEach(() => {
    history.replaceState(null, '', '/?symbol=SPY');
  });

  it('each view is found again by its address; unknown ones are the desk', () => {
    for (const view of VIEWS) expect(viewOf(pathOf(view))).toBe(view);
    expect(viewOf('/system/')).toBe('system');
    expect(viewOf('/nothing')).toBe('desk');
  });

  it('opening a view changes the address and keeps what the chart shows; back leads back', () => {
    const store = TestBed.inject(ViewStore);
    expect(store.isDesk()).toBe(true);
    store.open('system');
    expect([store.view(), location.pathname, location.search]).toEqual(['system', '/system', '?symbol=SPY']);
    const entries = history.length;
    store.open('system');
    expect(history.length).toBe(entries);
    history.replaceState(null, '', '/');
    dispatchEvent(new PopStateEvent('popstate'));
    expect(store.isDesk()).toBe(true);
  });
});
