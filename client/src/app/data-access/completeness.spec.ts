import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { createHash, webcrypto } from 'node:crypto';
import { setImmediate } from 'node:timers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { canonicalBars, type Bar } from '@libs/bars';
import { CompletenessCheck } from './completeness';
import { HistoryClient, type ServerDigest } from './history-client';
import { MarketStore } from './market-store';
import { bars } from './testing/bars';

const digestOf = (held: readonly Bar[]): ServerDigest => ({
  count: held.length,
  sha256: createHash('sha256').update(canonicalBars(held)).digest('hex'),
});

describe('the check that bars are complete', () => {
  const settled = signal(0);
  const inView = signal({
    selection: { symbol: 'SPY', timeframe: '1m' as const },
    series: { bars: bars(1, 5) },
  });
  let answers: ((digest: ServerDigest) => void)[];
  let check: CompletenessCheck;

  beforeEach(() => {
    jest.useFakeTimers();
    Object.defineProperty(globalThis, 'crypto', { value: webcrypto, configurable: true });
    settled.set(0);
    answers = [];
    const digest = (): Promise<ServerDigest> => new Promise((resolve) => answers.push(resolve));
    TestBed.configureTestingModule({
      providers: [
        { provide: HistoryClient, useValue: { digest } },
        {
          provide: MarketStore,
          useValue: { settled, inView, selection: () => inView().selection, origin: () => ({}) },
        },
      ],
    });
    check = TestBed.inject(CompletenessCheck);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Waits for the hash, which is computed outside the timers. */
  async function until(isTrue: () => boolean): Promise<void> {
    for (let turns = 0; !isTrue(); turns++) {
      if (turns > 100_000) throw new Error('it does not come');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function settle(): void {
    settled.update((count) => count + 1);
    TestBed.tick();
  }

  it('claims nothing before it has looked', () => {
    expect(check.completeness()).toEqual({ state: 'unknown' });
    expect(answers).toHaveLength(0);
  });

  it('says complete where the server holds the same bars', async () => {
    settle();
    await until(() => answers.length === 1);
    answers[0]!(digestOf(bars(1, 5)));
    await until(() => check.completeness().state !== 'unknown');
    expect(check.completeness()).toEqual({ state: 'complete', bars: 5, sha256: digestOf(bars(1, 5)).sha256 });
  });

  it('looks twice before it says that bars are missing', async () => {
    settle();
    await until(() => answers.length === 1);
    answers[0]!(digestOf(bars(1, 6)));
    await until(() => jest.getTimerCount() > 1);
    expect(check.completeness()).toEqual({ state: 'unknown' });
    jest.advanceTimersByTime(3_000);
    await until(() => answers.length === 2);
    answers[1]!(digestOf(bars(1, 6)));
    await until(() => check.completeness().state !== 'unknown');
    expect(check.completeness()).toEqual({ state: 'incomplete', bars: 5, serverBars: 6 });
  });
});
