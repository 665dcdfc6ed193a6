/** What kind of desk is on stage. */
export const PROFILES = ['embedded', 'postgres', 'cluster'] as const;

/**
 * - `embedded`: one instance with its database in `DATA_DIR`.
 * - `postgres`: one instance with a PostgreSQL.
 * - `cluster`: several instances with one PostgreSQL and one Redis.
 */
export type Profile = (typeof PROFILES)[number];

/** How a stage is set. The same seed gives the same tape, readers and chances. */
export interface StageOptions {
  readonly profile: Profile;
  readonly seed: number;
  /** Minutes of trades. */
  readonly minutes: number;
  /** Multiple of real time at which they are played. */
  readonly speed: number;
  /** Readers over raw sockets that are cut at random byte positions all the time. */
  readonly cutReaders: number;
  /** Readers over raw sockets, and over the npm package eventsource, that are left alone. */
  readonly calmReaders: number;
}

/** What every stage has in common. */
export const STAGE = {
  symbols: ['ACME', 'BOLT', 'CRUX', 'DYNE'],
  graceMs: 1_000,
  heartbeatMs: 500,
  /** Instances of a `cluster`. */
  instances: 3,
  /** A reader takes a connection for dead after so long. */
  watchdogMs: 2_500,
  /** Events held for resuming clients; small, so that who stays away for long is told "partial". */
  streamLogCap: 3_000,
  /** After so long every stream must have said that the feed is lost. */
  staleAfterMs: 7_000,
} as const;
