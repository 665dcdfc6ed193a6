export * from './bars.js';
export * from './stream-events.js';
export * from './rules.js';
export * from './symbols.js';
export * from './problem.js';
export * from './journal.js';
export * from './watchlists.js';
export * from './voice.js';
