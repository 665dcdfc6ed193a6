import { describe, expect, it } from '@jest/globals';
import {
  formatChange,
  formatClock,
  formatCountdown,
  formatDate,
  formatPercent,
  formatPrice,
  formatSpan,
  formatTime,
  formatVolume,
} from './format';
import { zoneOf } from './zone';

const newYork = zoneOf('XNYS');

describe('how the desk writes', () => {
  it.each<[string, string, string]>([
    ['a price', formatPrice(652.84, 2), '652.84'],
    ['a price with all its decimals', formatPrice(652.8, 2), '652.80'],
    ['a price over a thousand', formatPrice(1_178.09, 2), '1,178.09'],
    ['a price over a million', formatPrice(1_234_567.5, 1), '1,234,567.5'],
    ['a price without decimals', formatPrice(98_411, 0), '98,411'],
    ['a small price', formatPrice(0.00001234, 8), '0.00001234'],
    ['a negative price', formatPrice(-37.63, 2), '−37.63'],
    ['a rise', formatChange(2.14, 2), '+2.14'],
    ['a fall', formatChange(-0.9, 2), '−0.90'],
    ['no change', formatChange(0, 2), '0.00'],
    ['a change that rounds to none', formatChange(-0.004, 2), '0.00'],
    ['a rise in percent', formatPercent(0.0033), '+0.33%'],
    ['a fall in percent', formatPercent(-0.009), '−0.90%'],
    ['unchanged in percent', formatPercent(0), '0.00%'],
    ['a volume', formatVolume(950), '950'],
    ['a volume of coins', formatVolume(0.0125), '0.0125'],
    ['a volume over a thousand', formatVolume(2_900), '2,900'],
    ['a volume in thousands', formatVolume(12_345), '12.3K'],
    ['a volume in hundred thousands', formatVolume(157_400), '157K'],
    ['a volume in millions', formatVolume(16_890_113), '16.89M'],
    ['a volume just under a million', formatVolume(999_600), '1.00M'],
    ['a volume in billions', formatVolume(1_200_000_000), '1.20B'],
    ['a lag', formatSpan(84), '84 ms'],
    ['seconds', formatSpan(38_400), '38 s'],
    ['few seconds', formatSpan(1_300), '1.3 s'],
    ['minutes', formatSpan(25 * 60_000), '25 min'],
    ['hours', formatSpan((5 * 60 + 17) * 60_000), '5 h 17 min'],
    ['days', formatSpan(12 * 86_400_000), '12 days'],
    ['a countdown', formatCountdown(24_000), '00:24'],
    ['a countdown, rounded up: zero means over', formatCountdown(1), '00:01'],
    ['a countdown that is over', formatCountdown(-5), '00:00'],
    ['a long countdown', formatCountdown(4 * 3_600_000 - 1_000), '3:59:59'],
  ])('%s', (_, written, expected) => {
    expect(written).toBe(expected);
  });

  it('writes times of the exchange, over both changes of its clocks', () => {
    const at = (text: string): number => Date.parse(text);
    expect(formatClock(at('2026-11-19T15:42:36Z'), newYork)).toBe('10:42:36');
    expect(formatTime(at('2026-07-01T13:30Z'), newYork)).toBe('09:30');
    expect(formatTime(at('2026-03-08T06:59Z'), newYork)).toBe('01:59');
    expect(formatTime(at('2026-03-08T07:00Z'), newYork)).toBe('03:00');
    expect(formatTime(at('2026-11-01T05:59Z'), newYork)).toBe('01:59');
    expect(formatTime(at('2026-11-01T06:00Z'), newYork)).toBe('01:00');
    expect(formatDate(at('2026-11-20T03:00Z'), newYork)).toBe('Thu 19 Nov');
    expect(formatTime(at('2026-11-20T03:00Z'), zoneOf('24x7'))).toBe('03:00');
  });
});
