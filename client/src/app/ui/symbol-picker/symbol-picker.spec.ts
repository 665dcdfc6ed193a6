import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SymbolPicker } from './symbol-picker';

const CHOICES = [
  { symbol: 'SPY', name: 'SPDR S&P 500 ETF Trust' },
  { symbol: 'QQQ', name: 'Invesco QQQ Trust' },
  { symbol: 'AAPL', name: 'Apple Inc.' },
];

describe('the symbol picker', () => {
  let fixture: ComponentFixture<SymbolPicker>;
  let page: HTMLElement;
  let chosen: string[];

  beforeEach(async () => {
    Element.prototype.scrollIntoView = () => undefined;
    fixture = TestBed.createComponent(SymbolPicker);
    fixture.componentRef.setInput('choices', CHOICES);
    fixture.componentRef.setInput('chosen', 'QQQ');
    chosen = [];
    fixture.componentInstance.choose.subscribe((symbol) => chosen.push(symbol));
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await fixture.whenStable();
  });

  const button = (): HTMLButtonElement => page.querySelector('button')!;
  const field = (): HTMLInputElement => page.querySelector('input')!;
  const shown = (): string[] => [...page.querySelectorAll('[role=option] b')].map((one) => one.textContent);
  const pointed = (): string | null => field().getAttribute('aria-activedescendant');

  async function open(): Promise<void> {
    button().click();
    await fixture.whenStable();
  }

  async function press(key: string, at: HTMLElement = field()): Promise<void> {
    at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    await fixture.whenStable();
  }

  async function type(text: string): Promise<void> {
    field().value = text;
    field().dispatchEvent(new Event('input'));
    await fixture.whenStable();
  }

  it('shows the symbol in view and opens with the focus in its field', async () => {
    expect(button().querySelector('b')?.textContent).toBe('QQQ');
    expect(button().getAttribute('aria-expanded')).toBe('false');
    await open();
    expect(button().getAttribute('aria-expanded')).toBe('true');
    expect(document.activeElement).toBe(field());
    expect(shown()).toEqual(['SPY', 'QQQ', 'AAPL']);
    expect(pointed()).toBe('symbol-option-QQQ');
  });

  it('moves with the arrows, stops at the ends, and takes with Enter', async () => {
    await open();
    await press('ArrowDown');
    await press('ArrowDown');
    expect(pointed()).toBe('symbol-option-AAPL');
    await press('Enter');
    expect(chosen).toEqual(['AAPL']);
    expect(page.querySelector('input')).toBeNull();
    expect(document.activeElement).toBe(button());
  });

  it('finds by symbol first, then by name', async () => {
    await open();
    await type('s');
    expect(shown()).toEqual(['SPY', 'QQQ']);
    await type('apple');
    expect(shown()).toEqual(['AAPL']);
    await press('Enter');
    expect(chosen).toEqual(['AAPL']);
  });

  it('says that nothing fits, and takes nothing then', async () => {
    await open();
    await type('zzz');
    expect(shown()).toEqual([]);
    expect(page.querySelector('[role=status]')?.textContent).toContain('zzz');
    await press('Enter');
    expect(chosen).toEqual([]);
  });

  it('is left with Escape, and by a press elsewhere', async () => {
    await open();
    await press('Escape');
    expect(page.querySelector('input')).toBeNull();
    expect(document.activeElement).toBe(button());
    await open();
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    await fixture.whenStable();
    expect(page.querySelector('input')).toBeNull();
    expect(chosen).toEqual([]);
  });
});
