import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstPlace, firstSelection, rememberSelection } from './selection';

describe('what is shown first', () => {
  beforeEach(() => {
    localStorage.clear();
    nameDefault('SPY');
    history.replaceState(null, '', '/');
  });

  it('is the first symbol of the feed', () => {
    expect(firstSelection()).toEqual({ symbol: 'SPY', timeframe: '1m' });
  });

  it('is the last visit, and before that the address', () => {
    rememberSelection({ symbol: 'QQQ', timeframe: '5m' }, 2);
    history.replaceState(null, '', '/');
    expect(firstSelection()).toEqual({ symbol: 'QQQ', timeframe: '5m' });
    expect(firstPlace()).toBe(2);
    history.replaceState(null, '', '/?symbol=btc-usd&timeframe=1h');
    expect(firstSelection()).toEqual({ symbol: 'BTC-USD', timeframe: '1h' });
  });

  it.each(['?symbol=<b>&timeframe=7m', '?symbol=&timeframe=', '?symbol=1ABC&timeframe=M'])(
    'passes over what is no symbol or timeframe: %s',
    (query) => {
      history.replaceState(null, '', `/${query}`);
      expect(firstSelection()).toEqual({ symbol: 'SPY', timeframe: '1m' });
    },
  );

  it('is nothing where nobody names a symbol', () => {
    nameDefault('__DEFAULT_SYMBOL__');
    expect(firstSelection()).toBeNull();
  });

  it('survives a browser without storage', () => {
    const blocked = (): never => {
      throw new DOMException('blocked', 'SecurityError');
    };
    jest.spyOn(Storage.prototype, 'getItem').mockImplementation(blocked);
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(blocked);
    rememberSelection({ symbol: 'QQQ', timeframe: '5m' }, 0);
    expect(location.search).toBe('?symbol=QQQ&timeframe=5m');
    expect(firstSelection()).toEqual({ symbol: 'QQQ', timeframe: '5m' });
    jest.restoreAllMocks();
  });
});

/** Puts the feed's first symbol where the server puts it. */
function nameDefault(symbol: string): void {
  const meta = document.createElement('meta');
  meta.name = 'st-default-symbol';
  meta.content = symbol;
  document.head.replaceChildren(meta);
}
