import { Counter } from 'prom-client';

/**
 * Answers of the vendor's REST interface that held no bar where some were asked for. The name is the vendor's earlier one
 * and stays, because dashboards of other people use it.
 */
export const vendorEmptyAnswers = new Counter({
  name: 'spotlight_polygon_empty_total',
  help: 'Answers of Massive (formerly Polygon) that held no bar where some were asked for',
  labelNames: ['symbol', 'timeframe'],
});
