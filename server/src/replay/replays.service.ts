import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { ReplayStart, ReplayState } from '@libs/contract';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { identityOf, type Identity } from '../auth/index.js';
import { Clock, type CancelTimer } from '../common/clock.js';
import { ProblemException } from '../common/problem.exception.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { ReplayedMarkets, TradeFileCache, type ReplayedMarket } from '../market/index.js';
import { RuleBook } from '../rules/index.js';
import { Replay } from './replay.js';
import { ReplayPlanner } from './replay-planner.js';
import { StoredBars } from './stored-bars.js';

/** Replays one session may have at a time, and all sessions together. */
const MOST_OF_SESSION = 3;
const MOST_OF_SERVER = 12;
/** A replay that nobody streams and nobody asks for so long is stopped. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 30_000;
/** Events of one replay kept for streams that resume. */
const TAIL_CAP = 20_000;

/** Trades of files read last, of all replays: going back in a busy day of two symbols costs no second reading. */
const FILES_HELD_BYTES = 192 * 2 ** 20;

/** Whose replay it is, and the replay. */
interface Owned {
  readonly owner: string;
  readonly replay: Replay;
}

/** All replays of this process, each known to the session that started it alone. */
@Injectable()
export class ReplaysService extends ReplayedMarkets implements OnModuleInit, OnModuleDestroy {
  private readonly replays = new Map<string, Owned>();
  private readonly files = new TradeFileCache(FILES_HELD_BYTES);
  /** Owners of replays that are being started. */
  private readonly starting: string[] = [];
  private stopSweeping: CancelTimer = () => undefined;

  constructor(
    private readonly planner: ReplayPlanner,
    private readonly stored: StoredBars,
    private readonly rules: RuleBook,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {
    super();
  }

  onModuleInit(): void {
    this.stopSweeping = this.clock.every(SWEEP_MS, () => {
      this.stopIdle();
    });
  }

  onModuleDestroy(): void {
    this.stopSweeping();
    for (const { replay } of this.replays.values()) replay.close();
    this.replays.clear();
  }

  /** Replays that run in this process. */
  get count(): number {
    return this.replays.size;
  }

  find(request: IncomingMessage, id: string): ReplayedMarket {
    const identity = identityOf(request);
    return identity === null ? refuseUnknown(id) : this.pick(identity, id);
  }

  /** The session's replays, oldest first. */
  list(identity: Identity): ReplayState[] {
    return this.of(ownerOf(identity)).map((replay) => replay.state);
  }

  /** A replay of the session: the one named, or its only one. Throws 404 or 409. */
  pick(identity: Identity, id: string | undefined): Replay {
    const mine = this.of(ownerOf(identity));
    const found = id === undefined ? mine[0] : mine.find((replay) => replay.id === id);
    if (found === undefined) return refuseUnknown(id);
    if (id === undefined && mine.length > 1) {
      const ids = mine.map((replay) => replay.id).join(', ');
      throw new ProblemException({
        status: 409,
        detail: `This session has several replays; name one by its id: ${ids}.`,
      });
    }
    found.touch();
    return found;
  }

  /** Starts a replay. Throws what the planner throws, 409 or 503 where there are too many already. */
  async start(identity: Identity, request: ReplayStart): Promise<ReplayState> {
    const owner = ownerOf(identity);
    this.demandPlace(owner);
    this.starting.push(owner);
    try {
      const replay = await Replay.open({
        id: `p${randomBytes(8).toString('hex')}`,
        ownerId: identity.userId,
        plan: await this.planner.plan(request),
        speed: request.speed,
        paused: request.paused,
        clock: this.clock,
        stored: this.stored,
        files: this.files,
        rules: async () => (await this.rules.active(identity.userId)).map(({ compiled }) => compiled),
        graceMs: this.env.BAR_GRACE_MS,
        microbarMs: this.env.MICROBAR_MS,
        tailCap: TAIL_CAP,
      });
      this.replays.set(replay.id, { owner, replay });
      return replay.state;
    } finally {
      this.starting.splice(this.starting.indexOf(owner), 1);
    }
  }

  /** Stops a replay of the session. */
  async stop(identity: Identity, id: string | undefined): Promise<ReplayState> {
    const replay = this.pick(identity, id);
    const state = await replay.stop();
    this.replays.delete(replay.id);
    return state;
  }

  private of(owner: string): Replay[] {
    return [...this.replays.values()].filter((one) => one.owner === owner).map(({ replay }) => replay);
  }

  private demandPlace(owner: string): void {
    const mine = this.of(owner).length + this.starting.filter((one) => one === owner).length;
    if (mine >= MOST_OF_SESSION)
      throw new ProblemException({
        status: 409,
        detail: `This session has ${MOST_OF_SESSION} replays, which is the most; stop one first.`,
      });
    if (this.replays.size + this.starting.length >= MOST_OF_SERVER)
      throw new ProblemException({
        status: 503,
        detail: 'All places for replays are taken.',
        retryAfterS: 60,
      });
  }

  private stopIdle(): void {
    for (const [id, { replay }] of this.replays) {
      if (replay.idleMs < IDLE_MS) continue;
      replay.close();
      this.replays.delete(id);
    }
  }
}

/** Without a login everybody here is one session: the owner's. */
function ownerOf({ sessionHash }: Identity): string {
  return sessionHash ?? 'owner';
}

function refuseUnknown(id: string | undefined): never {
  throw new ProblemException({
    status: 404,
    detail:
      id === undefined
        ? 'This session has no replay; POST /api/replay/start starts one.'
        : 'This session has no such replay; GET /api/replay lists those it has.',
  });
}
