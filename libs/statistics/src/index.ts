export { meanOf, ofMean, ofProfitFactor, wilson, type Interval } from './intervals.js';
