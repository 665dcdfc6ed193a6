import { signal } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DayFigure } from '../../data-access/day-figure';
import { DayFigures } from '../../data-access/day-figures';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { PriceBoard, type LastPrice } from '../../data-access/price-board';
import { Watchlist } from './watchlist';

const SYMBOLS = ['SPY', 'QQQ', 'AAPL'].map((symbol) => ({
  symbol,
  name: `${symbol} Inc`,
  price_decimals: 2,
}));

describe('the watchlist', () => {
  const selection = signal({ symbol: 'SPY', timeframe: '1m' });
  const prices = signal<ReadonlyMap<string, LastPrice>>(new Map());
  const days = signal<ReadonlyMap<string, Partial<DayFigure>>>(new Map());
  let fixture: ComponentFixture<Watchlist>;
  let page: HTMLElement;

  beforeEach(async () => {
    HTMLCanvasElement.prototype.getContext = () => null;
    selection.set({ symbol: 'SPY', timeframe: '1m' });
    prices.set(new Map([['SPY', { price: 1_178.09, tsMs: 0 }]]));
    days.set(new Map([['SPY', { priorClose: 1_190, volume: 12_345, closes: [1_180, 1_179] }]]));
    TestBed.configureTestingModule({
      providers: [
        { provide: MarketStore, useValue: { selection, symbols: () => SYMBOLS } },
        { provide: PriceBoard, useValue: { all: prices } },
        { provide: DayFigures, useValue: { all: days } },
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

  async function press(key: string): Promise<void> {
    document.activeElement!.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
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

  it('goes to a symbol by click and by Enter', async () => {
    const chosen: string[] = [];
    fixture.componentInstance.choose.subscribe((symbol) => chosen.push(symbol));
    rows()[2]!.click();
    rows()[1]!.focus();
    await press('Enter');
    expect(chosen).toEqual(['AAPL', 'QQQ']);
  });
});
