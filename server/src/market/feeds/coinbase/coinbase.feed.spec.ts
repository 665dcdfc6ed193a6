import { FakeCoinbase } from '../testing/fake-coinbase.suite.js';
import { describeLiveVendor } from '../testing/live-vendor.suite.js';

describeLiveVendor('Coinbase', {
  symbols: ['BTC-USD', 'ETH-USD'],
  make: (tape, nowMs) => new FakeCoinbase(tape, nowMs),
  oddSymbol: 'ODD-USD',
  tellsGaps: true,
});
