import { signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DayFigure } from '../../data-access/day-figure';
import { DayFigures } from '../../data-access/day-figures';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { PriceBoard, type LastPrice } from '../../data-access/price-board';
import { WatchlistStore } from '../../data-access/watchlist-store';
import { Watchlist } from './watchlist';

const SYMBOLS = ['SPY', 'QQQ', 'AAPL'].map((symbol) => ({
  symbol,
  name: `${symbol} Inc`,
  price_decimals: 2,
  calendar: 'XNYS',
}));

describe('the watchlist', () => {
  const selection = signal({ symbol: 'SPY', timeframe: '1m' });
  const prices = signal<ReadonlyMap<string, LastPrice>>(new Map());
  const days = signal<ReadonlyMap<string, Partial<DayFigure>>>(new Map());
  const nowMs = signal(0);
  const own = signal<readonly string[]>([]);
  const lists = {
    lists: () => [],
    chosen: () => null,
    symbols: own,
    takenOff: () => null,
    fault: () => null,
    move: (symbol: string, index: number): Promise<void> => {
      const others = own().filter((one) => one !== symbol);
      own.set([...others.slice(0, index), symbol, ...others.slice(index)]);
      return Promise.resolve();
    },
    takeOff: (symbol: string): Promise<void> => {
      own.update((symbols) => symbols.filter((one) => one !== symbol));
      return Promise.resolve();
    },
  };
  let fixture: ComponentFixture<Watchlist>;
  let page: HTMLElement;

  beforeEach(async () => {
    HTMLCanvasElement.prototype.getContext = () => null;
    localStorage.clear();
    // A Friday noon in New York.
    nowMs.set(Date.parse('2026-11-20T17:00Z'));
    own.set(['SPY', 'QQQ', 'AAPL']);
    selection.set({ symbol: 'SPY', timeframe: '1m' });
    prices.set(new Map([['SPY', { price: 1_178.09, tsMs: 0 }]]));
    days.set(new Map([['SPY', { priorClose: 1_190, volume: 12_345, closes: [1_180, 1_179] }]]));
    TestBed.configureTestingModule({
      providers: [
        { provide: MarketStore, useValue: { selection, symbols: () => SYMBOLS, status: () => null } },
        { provide: PriceBoard, useValue: { all: prices } },
        { provide: DayFigures, useValue: { all: days } },
        { provide: DeskClock, useValue: { nowMs } },
        { provide: WatchlistStore, useValue: lists },
        { provide: DeskStatus, useValue: { isOld: () => false } },
      ],
    });
    fixture = TestBed.createComponent(Watchlist);
    fixture.componentRef.setInput('theme', 'dark');
    fixture.componentInstance.point.subscribe((symbol) => selection.set({ symbol, timeframe: '1m' }));
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await fixture.whenStable();
  });

  const rows = (): HTMLElement[] => [...page.querySelectorAll<HTMLElement>('[role=option]')];
  const textOf = (row: HTMLElement, name: string): string =>
    row.querySelector(`.${name}`)!.textContent.replace(/\s+/g, ' ').trim();

  async function press(key: string, held: KeyboardEventInit = {}): Promise<void> {
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { ...held, key, bubbles: true, cancelable: true }),
    );
    await fixture.whenStable();
  }

  it('writes price and change since the prior close', () => {
    const [first] = rows();
    expect(textOf(first!, 'price')).toBe('1,178.09');
    expect(textOf(first!, 'change')).toBe('−1.00%');
    expect(first!.querySelector('.change')!.classList.contains('down')).toBe(true);
    expect(textOf(first!, 'volume')).toBe('Vol 12.3K');
  });

  it('shows the newest close of a symbol that has not traded since, and a dash where nothing is known', async () => {
    days.set(new Map([['QQQ', { priorClose: 500, volume: 1, closes: [504, 505] }]]));
    await fixture.whenStable();
    expect(textOf(rows()[1]!, 'price')).toBe('505.00');
    expect(textOf(rows()[1]!, 'change')).toBe('+1.00%');
    expect(textOf(rows()[2]!, 'price')).toBe('–');
    expect(textOf(rows()[2]!, 'change')).toBe('–');
  });

  it('moves through the symbols with the arrows, focus and all, and stops at the ends', async () => {
    rows()[0]!.focus();
    await press('ArrowDown');
    expect(selection().symbol).toBe('QQQ');
    expect(document.activeElement).toBe(rows()[1]);
    await press('ArrowDown');
    await press('ArrowDown');
    expect(selection().symbol).toBe('AAPL');
    await press('ArrowUp');
    expect(selection().symbol).toBe('QQQ');
    expect(rows().map((row) => row.tabIndex)).toEqual([-1, 0, -1]);
    expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'true', 'false']);
  });

  it('says relative volume where it is known, and where the market is in its day when that is not the main part', async () => {
    days.set(new Map([['SPY', { priorClose: 1_190, volume: 12_345, rvol: 1.6249, closes: [1, 2] }]]));
    nowMs.set(Date.parse('2026-11-20T22:00Z'));
    await fixture.whenStable();
    expect(textOf(rows()[0]!, 'volume')).toBe('RVOL 1.62');
    expect(textOf(rows()[0]!, 'symbol')).toBe('SPYpost');
  });

  describe('sorted', () => {
    const order = (): (string | undefined)[] => rows().map(({ dataset }) => dataset['symbol']);

    async function sortBy(name: string): Promise<void> {
      page.querySelector<HTMLElement>(`[aria-label^="Sort by ${name}"]`)!.click();
      await fixture.whenStable();
    }

    it('by what is asked, the unknown last; a third press gives the own order back', async () => {
      prices.set(
        new Map([
          ['SPY', { price: 100, tsMs: 0 }],
          ['AAPL', { price: 300, tsMs: 0 }],
        ]),
      );
      await sortBy('last price');
      expect(order()).toEqual(['AAPL', 'SPY', 'QQQ']);
      await sortBy('last price');
      expect(order()).toEqual(['SPY', 'AAPL', 'QQQ']);
      await sortBy('last price');
      expect(order()).toEqual(['SPY', 'QQQ', 'AAPL']);
      await sortBy('symbol');
      expect(order()).toEqual(['AAPL', 'QQQ', 'SPY']);
    });

    it('changes places once a second at most, and never while a symbol is to be moved', async () => {
      prices.set(new Map([['SPY', { price: 100, tsMs: 0 }]]));
      await sortBy('last price');
      prices.set(
        new Map([
          ['SPY', { price: 100, tsMs: 1 }],
          ['QQQ', { price: 500, tsMs: 1 }],
        ]),
      );
      await fixture.whenStable();
      expect(order()[0]).toBe('SPY');
      expect(textOf(rows()[1]!, 'price')).toBe('500.00');
      nowMs.update((ms) => ms + 1_000);
      await fixture.whenStable();
      expect(order()[0]).toBe('QQQ');
      rows()[0]!.focus();
      await press('ArrowDown', { altKey: true });
      expect(order()[0]).toBe('QQQ');
      expect(page.textContent).toContain('Choose its own order');
    });
  });

  it('moves and takes off symbols by keyboard', async () => {
    rows()[0]!.focus();
    await press('ArrowDown', { altKey: true });
    expect(own()).toEqual(['QQQ', 'SPY', 'AAPL']);
    rows()[1]!.focus();
    await press('Delete');
    expect(own()).toEqual(['QQQ', 'AAPL']);
  });

  it('goes to a symbol by click and by Enter', async () => {
    const chosen: string[] = [];
    fixture.componentInstance.choose.subscribe((symbol) => chosen.push(symbol));
    rows()[2]!.click();
    rows()[1]!.focus();
    await press('Enter');
    expect(chosen).toEqual(['AAPL', 'QQQ']);
  });
});
