import { FakeKraken } from '../testing/fake-kraken.suite.js';
import { describeLiveVendor } from '../testing/live-vendor.suite.js';

describeLiveVendor('Kraken', {
  symbols: ['BTC-USD', 'ETH-USD'],
  make: (tape, nowMs) => new FakeKraken(tape, nowMs),
  oddSymbol: 'ODD-USD',
  tellsGaps: true,
});
