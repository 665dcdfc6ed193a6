import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Histogram, register } from 'prom-client';
import { Subscription } from 'rxjs';
import { AccessGate } from '../auth/index.js';
import { CacheService } from '../cache/index.js';
import { Clock } from '../common/clock.js';
import { vendorEmptyAnswers } from '../common/vendor-metrics.js';
import { HistoryService } from '../history/index.js';
import { BarLog, Leadership, MarketPipeline, Recorder, SymbolDesk } from '../market/index.js';
import { RuleEvaluator } from '../rules/index.js';
import { StreamHub } from '../stream/index.js';
import { byLabel, collect, type Collected } from './collected.js';

const MS_PER_S = 1_000;
/** Seconds from the end of a bar to its publication, and from a trade to the streams. */
const DELAY_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10];
/** What is further behind than this is history being made up for, not delay. */
const LONGEST_DELAY_MS = 60_000;

/** Gauges of the client library that are named like counters; the same is told by type under nodejs_active_resources. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** The desk's own metrics. Process and event-loop metrics come with the client library. */
@Injectable()
export class MetricsService implements OnModuleInit, OnModuleDestroy {
  private readonly names: string[] = [];
  private readonly watching = new Subscription();

  constructor(
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
    private readonly desk: SymbolDesk,
    private readonly recorder: Recorder,
    private readonly cache: CacheService,
    private readonly history: HistoryService,
    private readonly stream: StreamHub,
    private readonly rules: RuleEvaluator,
    private readonly leadership: Leadership,
    private readonly gate: AccessGate,
    private readonly clock: Clock,
  ) {
    for (const metric of this.metrics()) {
      this.names.push(metric.name);
      collect(register, metric);
    }
  }

  onModuleInit(): void {
    for (const name of MISNAMED) register.removeSingleMetric(name);
    for (const { symbol } of this.market.symbols) vendorEmptyAnswers.inc({ symbol, timeframe: '1m' }, 0);
    this.watch('spotlight_bar_delay_seconds', 'From the end of a bar to its publication', (observe) =>
      this.log.published$.subscribe((run) => {
        for (const { bar } of run) if (bar !== undefined) observe(bar.bar_end);
      }),
    );
    this.watch(
      'spotlight_alert_delay_seconds',
      'From the end of a bar to the publication of its alert',
      (observe) =>
        this.log.published$.subscribe((run) => {
          for (const { alert } of run) if (alert !== undefined) observe(alert.barEndMs);
        }),
    );
    this.watch('spotlight_trade_to_stream_seconds', 'From a trade to the streams that show it', (observe) =>
      this.market.microbars$.subscribe((microbars) => {
        for (const { ts } of microbars) observe(ts);
      }),
    );
  }

  onModuleDestroy(): void {
    this.watching.unsubscribe();
    for (const name of this.names) register.removeSingleMetric(name);
  }

  private *metrics(): Generator<Collected> {
    const { log, market, desk, recorder, cache, history, stream, rules, leadership, gate } = this;
    const gauge = (name: string, help: string, read: () => number): Collected => ({
      name,
      help,
      type: 'gauge',
      read: () => [[read()]],
    });
    const counter = (name: string, help: string, read: () => number): Collected => ({
      name,
      help,
      type: 'counter',
      read: () => [[read()]],
    });
    const counts = (
      name: string,
      help: string,
      label: string,
      read: () => Readonly<Record<string, number>>,
    ): Collected => ({
      name,
      help,
      type: 'counter',
      labelNames: [label],
      read: () => byLabel(label, read()),
    });

    yield gauge('spotlight_sse_connections', 'Open streams', () => stream.stats.clients);
    yield gauge(
      'spotlight_sse_connections_behind',
      'Open streams that are catching up',
      () => stream.stats.behind,
    );
    yield counts(
      'spotlight_sse_dropped_total',
      'Streams dropped because their client did not read; it resumes with its cursor',
      'reason',
      () => stream.stats.cut,
    );
    yield counter(
      'spotlight_sse_conflated_total',
      'Forming bars that were left out for streams that read too slowly; they get the newest',
      () => stream.stats.conflatedMicrobars,
    );
    yield counts(
      'spotlight_sse_resumes_total',
      'Streams opened, by the verdict on their cursor',
      'verdict',
      () => stream.stats.resumed,
    );
    const series = ['symbol', 'timeframe'];
    yield {
      name: 'spotlight_ring_size',
      help: 'Finalized bars held in memory',
      type: 'gauge',
      labelNames: series,
      *read() {
        for (const { symbol, timeframe, size } of cache.ringStats())
          yield [size, { symbol, timeframe }] as const;
      },
    };
    yield {
      name: 'spotlight_ring_evictions_total',
      help: 'Bars in memory that made room for newer ones',
      type: 'counter',
      labelNames: series,
      *read() {
        for (const { symbol, timeframe, evictions } of cache.ringStats())
          yield [evictions, { symbol, timeframe }] as const;
      },
    };
    yield counts(
      'spotlight_history_answers_total',
      'Requests for bars, by what answered them',
      'tier',
      () => history.answered,
    );
    yield gauge('spotlight_log_head_offset', 'Offset of the newest published bar', () => log.headOffset);
    yield gauge(
      'spotlight_log_queued_bars',
      'Finalized bars waiting to be written',
      () => log.stats.queuedBars,
    );
    yield counter(
      'spotlight_log_failed_writes_total',
      'Writes of bars that failed',
      () => log.stats.failedWrites,
    );
    yield gauge('spotlight_rules', 'Rules that are judged', () => rules.stats.rules);
    yield gauge(
      'spotlight_rules_behind_events',
      'Events of the log that are not judged yet',
      () => rules.stats.behind ?? 0,
    );
    yield counter('spotlight_signals_total', 'Signals of rules since the start', () => rules.stats.signals);
    yield counter(
      'spotlight_late_trades_total',
      'Trades that came after their bar was finalized',
      () => market.counters.lateTrades,
    );
    yield counts(
      'spotlight_feed_rejected_total',
      'Messages and rows of the feed that were refused',
      'reason',
      () => market.counters.rejected,
    );
    yield counts(
      'spotlight_feed_unknown_conditions_total',
      'Trades with a sale condition that the table does not know; they set no price',
      'code',
      () => market.counters.unknownConditions,
    );
    yield {
      name: 'spotlight_official_minutes_total',
      help: 'Official minutes by what became of them: compared, revised (they differed), missing (no bar was made here)',
      type: 'counter',
      labelNames: ['symbol', 'outcome'],
      *read() {
        for (const [symbol, drift] of Object.entries(market.counters.officialMinutes)) {
          for (const outcome of ['compared', 'revised', 'missing'] as const)
            yield [drift[outcome], { symbol, outcome }] as const;
        }
      },
    };
    yield counts(
      'spotlight_feed_messages_total',
      'Messages of a live feed, by what they are',
      'kind',
      () => market.counters.messages,
    );
    yield counter(
      'spotlight_feed_reconnects_total',
      'Connections of a live feed after its first',
      () => market.counters.reconnects,
    );
    yield gauge(
      'spotlight_feed_condition_differences',
      "Sale conditions in which the vendor's table differs from the built-in one",
      () => market.counters.conditions?.differences.length ?? 0,
    );
    yield gauge(
      'spotlight_feed_gaps',
      'Newest times of which nothing is known and that could not be filled',
      () => market.counters.gaps.length,
    );
    yield gauge('spotlight_symbols_followed', 'Symbols that are followed', () => desk.current.length);
    yield counter(
      'spotlight_recorded_trades_total',
      'Trades written to recordings',
      () => recorder.stats.trades,
    );
    yield counter(
      'spotlight_recorder_lost_trades_total',
      'Trades that were not recorded because the disk took nothing',
      () => recorder.stats.lostTrades,
    );
    yield {
      name: 'spotlight_feed_state',
      help: '1 for the state the feed is in',
      type: 'gauge',
      labelNames: ['source', 'state'],
      read: () => [[1, { source: market.source.name, state: market.currentStatus.state }]],
    };
    yield gauge('spotlight_feed_lag_seconds', 'Age of the newest trade', () => this.feedLagS());
    yield gauge('spotlight_leader', 'Whether this instance feeds the log (1) or follows it (0)', () =>
      leadership.role.isLeader ? 1 : 0,
    );
    yield counts('spotlight_auth_events_total', 'Logins and refusals', 'event', () => ({
      ...gate.securityLog.totals,
    }));
  }

  private feedLagS(): number {
    const { lastTickMs } = this.market;
    return lastTickMs === null ? 0 : Math.max(0, this.clock.nowMs() - lastTickMs) / MS_PER_S;
  }

  /** A histogram of how long ago moments were that are told as they are reached. Catching up is left out. */
  private watch(
    name: string,
    help: string,
    begin: (observe: (momentMs: number) => void) => Subscription,
  ): void {
    const histogram = new Histogram({ name, help, buckets: DELAY_BUCKETS_S });
    this.names.push(name);
    this.watching.add(
      begin((momentMs) => {
        const delayMs = this.clock.nowMs() - momentMs;
        if (delayMs >= 0 && delayMs <= LONGEST_DELAY_MS) histogram.observe(delayMs / MS_PER_S);
      }),
    );
  }
}
