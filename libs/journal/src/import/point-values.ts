/**
 * Money per point of one contract, by product: CME Group's contract specifications (cmegroup.com), as of 2026-11.
 * A product that is not here is refused until the trader gives its value.
 */
export const POINT_VALUES: Readonly<Record<string, string>> = {
  ES: '50',
  MES: '5',
  NQ: '20',
  MNQ: '2',
  RTY: '50',
  M2K: '5',
  YM: '5',
  MYM: '0.5',
  CL: '1000',
  MCL: '100',
  NG: '10000',
  GC: '100',
  MGC: '10',
  SI: '5000',
  HG: '25000',
  ZB: '1000',
  ZN: '1000',
  ZF: '1000',
  ZT: '2000',
  '6E': '125000',
  '6B': '62500',
  '6A': '100000',
  '6C': '100000',
  BTC: '5',
  MBT: '0.1',
};
