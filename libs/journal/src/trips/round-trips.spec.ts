import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountOf, amountOfText, decimalOf, product, type Amount } from '../money/decimal.js';
import { manyFills } from '../testing/arbitrary-fills.suite.js';
import { fills } from '../testing/fills.suite.js';
import { matchFills, unitValue } from './match-fills.js';
import { roundTrips } from './round-trips.js';
import type { Grouping, Trade } from './trade.js';

const total = (trades: readonly Trade[], field: 'gross' | 'fees' | 'net'): Amount =>
  trades.reduce((sum, trade) => sum + amountOfText(trade[field]), 0n);

describe('round trips', () => {
  it('matches first in, first out, and scales in and out of one position', () => {
    const [trade, ...rest] = roundTrips(
      fills(['buy', '100', '10'], ['buy', '100', '11'], ['sell', '150', '12'], ['sell', '50', '9']),
      'position',
    );
    expect(rest).toEqual([]);
    expect(trade).toMatchObject({
      direction: 'long',
      quantity: '200',
      entryPrice: '10.5',
      exitPrice: '11.25',
      gross: '150',
      openQuantity: '0',
    });
    expect(trade?.legs.map(({ role }) => role)).toEqual(['entry', 'entry', 'exit', 'exit']);
  });

  it('gives each entry its own trade when grouped by lot', () => {
    const trades = roundTrips(
      fills(['buy', '100', '10'], ['buy', '100', '11'], ['sell', '150', '12'], ['sell', '50', '9']),
      'lot',
    );
    expect(trades.map(({ gross }) => gross)).toEqual(['200', '-50']);
  });

  it('splits a fill that goes through flat, and its fee with it', () => {
    const trades = roundTrips(
      fills(['buy', '100', '10', '1'], ['sell', '300', '11', '3'], ['buy', '200', '10.5', '2']),
      'position',
    );
    expect(trades).toMatchObject([
      { direction: 'long', gross: '100', fees: '2', net: '98' },
      { direction: 'short', quantity: '200', gross: '100', fees: '4', net: '96' },
    ]);
  });

  it('keeps the last cent of a fee that does not divide', () => {
    const trades = roundTrips(
      fills(['buy', '3', '10', '1'], ['sell', '1', '10'], ['sell', '1', '10'], ['sell', '1', '10']),
      'lot',
    );
    expect(trades).toMatchObject([{ fees: '1', net: '-1' }]);
  });

  it('leaves open what is open', () => {
    const [trade] = roundTrips(fills(['sell', '100', '10'], ['buy', '40', '9.5']), 'position');
    expect(trade).toMatchObject({
      direction: 'short',
      closedAtMs: null,
      quantity: '100',
      openQuantity: '60',
      gross: '20',
    });
  });

  it('keeps accounts apart', () => {
    const [bought, sold] = fills(['buy', '1', '10'], ['sell', '1', '11']) as [never, never];
    const trades = roundTrips([bought, { ...(sold as object), account: 'A2' } as never], 'position');
    expect(trades.map(({ closedAtMs }) => closedAtMs)).toEqual([null, null]);
  });

  it('does not depend on the order in which fills were imported', () =>
    fc.assert(
      fc.property(
        manyFills.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => expect(roundTrips(shuffled, 'position')).toEqual(roundTrips(all, 'position')),
      ),
      { numRuns: 50 },
    ));

  it('conserves profit, fees and units whatever the grouping', () =>
    fc.assert(
      fc.property(manyFills, (all) => {
        const { matches, open } = matchFills(all);
        const cash = all.reduce((sum, fill) => {
          const worth = product(unitValue(fill), decimalOf(fill.quantity));
          return sum + (fill.side === 'sell' ? worth : -worth);
        }, 0n);
        const held = open.reduce((sum, { cost }) => sum + cost, 0n);
        const gross = matches.reduce((sum, match) => sum + match.gross, 0n);
        expect(gross).toBe(cash + held);

        const paid = all.reduce((sum, { fee }) => sum + decimalOf(fee), 0n);
        const openFees = open.reduce((sum, { fees }) => sum + fees, 0n);
        for (const grouping of ['position', 'lot'] satisfies Grouping[]) {
          const trades = roundTrips(all, grouping);
          expect(total(trades, 'gross')).toBe(gross);
          expect(total(trades, 'fees')).toBe(amountOf(paid - openFees));
          expect(total(trades, 'net')).toBe(gross - amountOf(paid - openFees));
        }
        const inTrades = roundTrips(all, 'position').flatMap(({ legs }) => legs);
        for (const { id, quantity } of all) {
          const units = inTrades.filter(({ fillId }) => fillId === id);
          expect(units.reduce((sum, leg) => sum + decimalOf(leg.quantity), 0n)).toBe(decimalOf(quantity));
        }
      }),
      { numRuns: 60 },
    ));

  it('refuses a fill without units', () =>
    expect(() => matchFills(fills(['buy', '0', '10']))).toThrow('above 0'));
});
