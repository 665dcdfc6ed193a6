import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { TapePanel, type TapeTrade } from './tape-panel';

const trade = (id: number, fields: Partial<TapeTrade> = {}): TapeTrade => ({
  id,
  tsMs: Date.parse('2026-11-20T15:42:35.668Z') + id,
  price: 650.1,
  size: 100,
  trades: 1,
  direction: 'same',
  isVolumeOnly: false,
  leftOutBefore: 0,
  ...fields,
});

describe('the tape', () => {
  let fixture: ComponentFixture<TapePanel>;
  let page: HTMLElement;
  const sizes: number[] = [];

  beforeEach(async () => {
    sizes.length = 0;
    fixture = TestBed.createComponent(TapePanel);
    fixture.componentRef.setInput('trades', [
      trade(3, { size: 2_900, direction: 'up', price: 650.12 }),
      trade(2, { size: 0.0125 }),
      trade(1, { leftOutBefore: 1_200, isVolumeOnly: true, trades: 4 }),
    ]);
    fixture.componentRef.setInput('decimals', 2);
    fixture.componentRef.setInput('zone', { label: 'UTC', offsetMs: () => 0 });
    fixture.componentRef.setInput('sizeFrom', 0);
    fixture.componentRef.setInput('hasTicks', false);
    fixture.componentInstance.sizeFromChange.subscribe((size) => sizes.push(size));
    page = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
  });

  const rows = (): string[] =>
    [...page.querySelectorAll('.row')].map((row) =>
      [...row.children].map((cell) => cell.textContent.trim()).join(' '),
    );

  it('writes time, price and size, newest first, and says what is left out', () => {
    expect(rows()).toEqual([
      '15:42:35.671 650.12 2,900',
      '15:42:35.670 650.10 0.0125',
      '15:42:35.669 650.10 100',
    ]);
    expect(page.textContent).toContain('1,200 trades before are left out');
    expect(page.querySelector<HTMLElement>('.quiet')?.title).toContain('4 trades, for the volume alone');
  });

  it('leaves out what is smaller than asked, and says so when nothing is left', async () => {
    fixture.componentRef.setInput('sizeFrom', 101);
    await fixture.whenStable();
    expect(rows()).toEqual(['15:42:35.671 650.12 2,900']);
    fixture.componentRef.setInput('sizeFrom', 3_000);
    await fixture.whenStable();
    expect(page.textContent).toContain('No trade of this size.');
  });

  it('takes sizes that can be one', () => {
    const field = page.querySelector('input')!;
    for (const typed of ['250', '', '-5']) {
      field.value = typed;
      field.dispatchEvent(new Event('change'));
    }
    expect(sizes).toEqual([250]);
    expect(field.value).toBe('0');
  });

  it('says when single trades are not to be had', async () => {
    expect(page.querySelector('.notice')?.textContent).toContain('single ticks are off');
    fixture.componentRef.setInput('hasTicks', true);
    await fixture.whenStable();
    expect(page.querySelector('.notice')?.textContent).not.toContain('off');
  });
});
