import type { SymbolInfo } from '@libs/contract';
import { sendFirstRequests } from './app/data-access/first-requests';
import { firstPlace } from './app/data-access/selection';
import { sessionsOf } from './app/data-access/sessions-of';
import { readSettings } from './app/data-access/settings';
import { zoneFor } from './app/text/zone';
import type { ChartSetting } from './app/ui/price-chart/candle-chart';
import { drawFirstChart } from './app/ui/price-chart/first-chart';

/** The desk does not wait longer than this for its first bars; it has something to say meanwhile. */
const PATIENCE_MS = 400;

let hasStarted = false;

// Candles first: they need the chart library and one answer of the server. The framework follows while they are looked at.
const drawn = drawFirst().catch(() => undefined);
const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
await Promise.race([drawn, patience]);
// From here on a chart is the desk's to make.
hasStarted = true;
const { startDesk } = await import('./app/start-desk');
startDesk();

async function drawFirst(): Promise<void> {
  const requests = sendFirstRequests();
  const { selection } = requests;
  const place = document.getElementById('first-chart');
  // Other views have no chart.
  if (selection === null || place === null || location.pathname !== '/') return;
  const { hours, layout } = readSettings();
  // What a choice of hours leaves out is the desk's to tell.
  if (hours !== 'all') return;
  // Its place among the charts of a layout; styles keep it where the desk will have it.
  place.dataset['charts'] = String(layout);
  place.dataset['place'] = String(Math.min(firstPlace(), layout - 1));
  const [bars, symbols] = await Promise.all([requests.bars, requests.symbols]);
  if (bars.length === 0 || hasStarted) return;
  const symbol = symbols.find((one) => one.symbol === selection.symbol);
  await drawFirstChart(place, { selection, series: { bars, forming: null } }, settingFor(symbol));
}

/** What is known of a chart before the desk is there. */
function settingFor(symbol: SymbolInfo | undefined): ChartSetting {
  const calendar = symbol?.calendar ?? 'XNYS';
  return {
    zone: zoneFor(readSettings().zone, calendar),
    decimals: symbol?.price_decimals ?? 2,
    style: readSettings().chartStyle,
    sessionOf: calendar === '24x7' ? null : sessionsOf(calendar),
    words: null,
    future: null,
    levels: [],
    isOld: false,
    marks: [],
    openMark: null,
    lines: [],
    gaps: [],
    beams: [],
  };
}
