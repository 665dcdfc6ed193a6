import { describe, expect, it } from '@jest/globals';
import { roundTrips } from '../trips/round-trips.js';
import { checkedMapping } from './column-mapping.js';
import { PRESETS } from './presets.js';
import { readFills, type ImportOptions, type ReadFile } from './read-fills.js';

const OPTIONS: ImportOptions = { zone: 'America/New_York', account: 'mine', currency: 'USD' };
const read = (preset: keyof typeof PRESETS, lines: readonly string[], options = OPTIONS): ReadFile =>
  readFills(lines.join('\r\n'), PRESETS[preset], options);
const shortly = ({ fills }: ReadFile) =>
  fills.map(({ symbol, side, quantity, price, fee, atMs }) =>
    [symbol, side, quantity, price, fee, new Date(atMs).toISOString()].join(' '),
  );

describe('presets', () => {
  it.each(Object.entries(PRESETS))('%s is a mapping that can be saved', (_, preset) =>
    expect(checkedMapping(JSON.parse(JSON.stringify(preset)))).toEqual(preset),
  );

  it('reads an Interactive Brokers Flex query', () => {
    const file = read('interactive-brokers-flex', [
      '"ClientAccountID","CurrencyPrimary","AssetClass","Symbol","Multiplier","TradeID","DateTime","Buy/Sell","Quantity","TradePrice","Taxes","IBCommission","IBCommissionCurrency","IBExecID","LevelOfDetail"',
      '"U1","USD","STK","AAPL","1","9001","20260302;093001","BUY","100","190.25","0","-1.005","USD","0001.01","EXECUTION"',
      '"U1","USD","STK","AAPL","1","","20260302;093001","BUY","100","190.25","0","-1.005","USD","","ORDER"',
      '"U1","USD","OPT","AAPL  260320C00200000","100","9002","20260302;160000","SELL","-2","1.5","-0.02","-1.3","USD","0001.02","EXECUTION"',
      '"U1","USD","STK","MSFT","1","9003","20260302;160000","BUY (Ca.)","5","400","0","0","USD","0001.03","EXECUTION"',
      '"U1","EUR","STK","SAP","1","9004","20260302;160000","BUY","5","250","0","-1","USD","0001.04","EXECUTION"',
      '"ClientAccountID","CurrencyPrimary","Cash"',
      '"U1","USD","100.00"',
    ]);
    expect(shortly(file)).toEqual([
      'AAPL buy 100 190.25 1.005 2026-03-02T14:30:01.000Z',
      'AAPL  260320C00200000 sell 2 1.5 1.32 2026-03-02T21:00:00.000Z',
    ]);
    expect(file.fills[1]).toMatchObject({ multiplier: '100', brokerFillId: '0001.02', account: 'U1' });
    expect(file.refused).toMatchObject([
      { line: 5, column: 'Buy/Sell', text: 'BUY (Ca.)' },
      { line: 6, column: 'IBCommissionCurrency' },
    ]);
    expect(file.skipped.map(({ line }) => line)).toEqual([3, 7, 8]);
  });

  it('reads the trade history within a thinkorswim statement', () => {
    const file = read('thinkorswim', [
      '\uFEFFAccount Statement for 123 since 3/1/26 through 3/2/26',
      '',
      'Cash Balance',
      'DATE,TIME,TYPE,REF #,DESCRIPTION,Misc Fees,Commissions & Fees,AMOUNT,BALANCE',
      '3/2/26,09:30:01,TRD,=123,BOT +100 AAPL,,,"-1,000.00","9,000.00"',
      '',
      'Account Trade History',
      ',Exec Time,Spread,Side,Qty,Pos Effect,Symbol,Exp,Strike,Type,Price,Net Price,Order Type',
      ',3/2/26 10:15:00,VERTICAL,SELL,-1,TO CLOSE,SPY,20 MAR 26,500,CALL,2.10,2.10,LMT',
      ',3/2/26 09:30:01,STOCK,BUY,+100,TO OPEN,AAPL,,,STOCK,10.00,10.00,MKT',
      ',3/2/26 09:30:00,FUTURE,BUY,+1,TO OPEN,/MESH26,,,FUTURE,5000.25,5000.25,MKT',
      '',
      'Profits and Losses',
      'Symbol,Description,P/L Open',
    ]);
    expect(shortly(file)).toEqual([
      'AAPL buy 100 10 0 2026-03-02T14:30:01.000Z',
      'SPY 20 MAR 26 500 sell 1 2.1 0 2026-03-02T15:15:00.000Z',
    ]);
    expect(file.refused).toMatchObject([{ line: 11, column: 'Type', text: 'FUTURE' }]);
  });

  it('reads a Schwab history', () => {
    const file = read('schwab', [
      '"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount"',
      '"03/03/2026","Sell to Close","AAPL 03/20/2026 200.00 C","CALL APPLE","1","$2.50","$0.66","$249.34"',
      '"03/03/2026","Cash Dividend","MSFT","MICROSOFT","","","","$12.00"',
      '"03/02/2026","Buy to Open","AAPL 03/20/2026 200.00 C","CALL APPLE","1","$1,002.00","$0.66","-$200.66"',
      '"03/02/2026 as of 02/27/2026","Expired","AAPL 02/27/2026 200.00 C","CALL APPLE","1","","",""',
      '"Transactions Total","","","","","","","$60.68"',
    ]);
    expect(shortly(file)).toEqual([
      'AAPL 03/20/2026 200.00 C buy 1 1002 0.66 2026-03-02T05:00:00.000Z',
      'AAPL 03/20/2026 200.00 C sell 1 2.5 0.66 2026-03-03T05:00:00.000Z',
    ]);
    expect(file.fills[0]).toMatchObject({ precisionMs: 86_400_000, multiplier: '100' });
    expect(file.refused).toMatchObject([{ line: 5, text: 'Expired' }]);
    expect(file.skipped).toHaveLength(2);
  });

  it('reads a Fidelity history, newest first within the day', () => {
    const file = read('fidelity', [
      '',
      '',
      'Run Date,Action,Symbol,Description,Type,Quantity,Price ($),Commission ($),Fees ($),Accrued Interest ($),Amount ($),Settlement Date',
      ' 03/02/2026,YOU SOLD APPLE INC (AAPL) (Margin), AAPL, APPLE INC,Margin,-10,11,,0.01,,109.99,03/03/2026',
      ' 03/02/2026,YOU BOUGHT APPLE INC (AAPL) (Margin), AAPL, APPLE INC,Margin,10,10,,,,-100,03/03/2026',
      ' 03/02/2026,DIVIDEND RECEIVED MSFT, MSFT, MICROSOFT,Cash,,,,,,5,',
      '',
      '"The data and information in this spreadsheet is provided to you solely for your use"',
    ]);
    expect(shortly(file)).toEqual([
      'AAPL buy 10 10 0 2026-03-02T05:00:00.000Z',
      'AAPL sell 10 11 0.01 2026-03-02T05:00:00.000Z',
    ]);
    expect(roundTrips(file.fills, 'position')).toMatchObject([{ direction: 'long', net: '9.99' }]);
    expect(file.refused).toEqual([]);
  });

  it('reads Tradovate fills and asks for point values it does not know', () => {
    const lines = [
      '_id,_orderId,_contractId,_timestamp,_tradeDate,_action,_qty,_price,_active,Fill ID,Order ID,Timestamp,Date,Account,B/S,Quantity,Price,_priceFormat,_priceFormatType,_tickSize,Contract,Product,Product Description,commission',
      '1,2,3,2026-03-02 14:30:01.123Z,2026-03-02,0,2,5000.25,true,700,2,03/02/2026 09:30:01,3/2/26,DEMO1, Buy,2,5000.25,-2,0,0.25,MESH6,MES,Micro E-mini S&P 500,0.7',
      '2,2,3,2026-03-02 14:31:01.123Z,2026-03-02,1,2,20,true,701,3,03/02/2026 09:31:01,3/2/26,DEMO1, Sell,2,20,-2,0,0.25,ZQH6,ZQ,30 Day Fed Funds,0.7',
    ];
    const file = read('tradovate', lines);
    expect(shortly(file)).toEqual(['MESH6 buy 2 5000.25 0.7 2026-03-02T14:30:01.000Z']);
    expect(file.fills[0]).toMatchObject({ multiplier: '5', account: 'DEMO1', brokerFillId: '700' });
    expect(file.refused).toMatchObject([{ line: 3, column: 'Product', text: 'ZQ' }]);
    expect(read('tradovate', lines, { ...OPTIONS, multipliers: { ZQ: '4167' } }).refused).toEqual([]);
  });

  it('reads the deals within a MetaTrader report', () => {
    const file = read(
      'metatrader',
      [
        'Trade History Report;;;;;;;;;;;;;',
        'Positions;;;;;;;;;;;;;',
        'Time;Position;Symbol;Type;Volume;Price;S / L;T / P;Time;Price;Commission;Swap;Profit;',
        'Deals;;;;;;;;;;;;;',
        'Time;Deal;Symbol;Type;Direction;Volume;Price;Order;Commission;Fee;Swap;Profit;Balance;Comment',
        '2026.03.02 00:00:00;1;;balance;;;;;0.00;0.00;0.00;10 000.00;10 000.00;',
        '2026.03.02 16:30:00;2;EURUSD;buy;in;0.10;1.08123;5;-0.35;0.00;0.00;0.00;9 999.65;',
        '2026.03.03 10:00:00;3;EURUSD;sell;out;0.10;1.08223;6;-0.35;0.00;-0.42;10.00;10 008.88;[tp 1.08223]',
        ';;;;;;;;;;;;;',
        'Results;;;;;;;;;;;;;',
      ],
      { ...OPTIONS, zone: 'Europe/Athens' },
    );
    expect(shortly(file)).toEqual([
      'EURUSD buy 0.1 1.08123 0.35 2026-03-02T14:30:00.000Z',
      'EURUSD sell 0.1 1.08223 0.77 2026-03-03T08:00:00.000Z',
    ]);
    expect(roundTrips(file.fills, 'position')).toMatchObject([{ gross: '10', fees: '1.12', net: '8.88' }]);
    expect(file.skipped).toHaveLength(1);
  });

  it('reads Coinbase fills with all their places', () => {
    const file = read('coinbase', [
      'portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit',
      'default,101,BTC-USD,BUY,2026-03-02T14:30:01.250Z,0.00012345,BTC,65000.12,0.0048756625000000,-8.03,USD',
      'default,101,ETH-EUR,SELL,2026-03-02T14:30:01.250Z,1.5,ETH,3000,4.5,4495.5,EUR',
    ]);
    expect(shortly(file)).toEqual([
      'BTC-USD buy 0.00012345 65000.12 0.0048756625 2026-03-02T14:30:01.250Z',
      'ETH-EUR sell 1.5 3000 4.5 2026-03-02T14:30:01.250Z',
    ]);
    expect(new Set(file.fills.map(({ id }) => id)).size).toBe(2);
    expect(file.fills[1]).toMatchObject({ currency: 'EUR', precisionMs: 1 });
  });
});
