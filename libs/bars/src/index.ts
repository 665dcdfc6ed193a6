export * from './units.js';
export * from './timeframe.js';
export * from './seq.js';
export * from './bar.js';
export * from './trade-batch.js';
