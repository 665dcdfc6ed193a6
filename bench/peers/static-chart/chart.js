// Candles and volume of the bars in /bars.json, and a mark once they are on the screen.
import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
} from '/lightweight-charts.standalone.production.mjs';

const { performance, requestAnimationFrame } = globalThis;
const chart = createChart(globalThis.document.getElementById('chart'), { autoSize: true });
const candles = chart.addSeries(CandlestickSeries);
const volume = chart.addSeries(HistogramSeries, { priceFormat: { type: 'volume' }, priceScaleId: '' });

const bars = await (await fetch('/bars.json')).json();
const timeOf = ({ bar_start }) => bar_start / 1_000;
candles.setData(
  bars.map((bar) => ({
    time: timeOf(bar),
    open: bar.ohlcv.o,
    high: bar.ohlcv.h,
    low: bar.ohlcv.l,
    close: bar.ohlcv.c,
  })),
);
volume.setData(bars.map((bar) => ({ time: timeOf(bar), value: bar.ohlcv.v })));
// The chart draws in the next frame; the one after it finds the candles painted.
requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('chart-painted')));
