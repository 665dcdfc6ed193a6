import { FakeMassive, setsPrice } from '../testing/fake-massive.suite.js';
import { describeLiveVendor } from '../testing/live-vendor.suite.js';

describeLiveVendor('Massive', {
  symbols: ['SPY', 'BRK.B'],
  make: (tape, nowMs) => new FakeMassive(tape, nowMs),
  conditions: [[], [], [], [14, 41], [37], [14, 37, 41], [2]],
  priced: setsPrice,
  tellsGaps: false,
});
