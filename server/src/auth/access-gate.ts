import { Inject, Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { createHash, timingSafeEqual, type BinaryLike } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { Clock } from '../common/clock.js';
import { ProblemException } from '../common/problem.exception.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { blockList, isInside } from '../config/network-place.js';
import { OWNER_ID, setIdentity, type Identity } from './identity.js';
import { REDIS_LINK, type RedisLink } from '../persistence/index.js';
import { addressBucket } from './login-throttle.js';
import { RateLimits, SESSION_LIMIT, STRANGER_LIMIT } from './rate-limits.js';
import { forbidden, jitteredS, noSession, sessionsOutOfReach, tooMany } from './refusals.js';
import { OriginRules, sourceOf, type RequestSource } from './request-origin.js';
import { classify, type RouteClass } from './routes.js';
import { SecurityLog, type SecurityEvent } from './security-log.js';
import { tokenIn } from './session-cookie.js';
import { SessionService, type Session } from './session.service.js';
import { SharedRateLimits } from './shared-rate-limits.js';

/** Streams one session may have open: a desk uses one a tab. */
export const STREAMS_PER_SESSION = 10;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWNER: Identity = { kind: 'owner', userId: OWNER_ID, sessionHash: null };
const SCRAPER: Identity = { kind: 'scraper', userId: OWNER_ID, sessionHash: null };

/** What comes of asking to open a socket. */
export type Admission = { readonly identity: Identity | null } | { readonly refusal: ProblemException };

/**
 * Stands before everything the server answers, files and documentation included: under which name, from which page and by
 * whom something is asked for. Closed by default; `PUBLIC_ROUTES` are the exceptions.
 */
@Injectable()
export class AccessGate {
  readonly securityLog: SecurityLog;
  private readonly rules: OriginRules;
  private readonly limits: SharedRateLimits;
  private readonly trustedHops: number;
  private readonly hasLogin: boolean;
  private readonly operatorNetworks: BlockList;
  private readonly operatorToken: Buffer | null;

  constructor(
    @Inject(ENV) env: Env,
    private readonly sessions: SessionService,
    clock: Clock,
    @Inject(REDIS_LINK) redis: RedisLink | null,
  ) {
    this.rules = new OriginRules(env);
    this.limits = new SharedRateLimits(new RateLimits(clock), redis);
    this.securityLog = new SecurityLog(clock);
    this.trustedHops = env.TRUST_PROXY ?? 0;
    this.hasLogin = env.APP_PIN !== undefined;
    this.operatorNetworks = blockList(env.METRICS_ALLOW ?? []);
    this.operatorToken = env.METRICS_TOKEN === undefined ? null : digestOf(env.METRICS_TOKEN);
  }

  /** Origins other than the desk's own whose pages may read the API. */
  get allowedOrigins(): readonly string[] {
    return this.rules.allowed;
  }

  /** Where a request came from, by the same rules the gate goes by. */
  sourceOf(request: IncomingMessage): RequestSource {
    return sourceOf(request, this.trustedHops);
  }

  /** The gate as middleware. Goes before anything that answers; afterwards `identityOf(request)` tells who asks. */
  readonly admit = (request: Request, response: Response, next: NextFunction): void => {
    const source = this.sourceOf(request);
    const route = classify(request.method, request.path);
    const fault = this.faultOf(request, source, route);
    if (fault !== null) {
      next(fault);
      return;
    }
    // Whoever keeps the process alive asks nobody else, not even who is asking.
    if (route.isProbe) {
      next();
      return;
    }
    const identity = this.identify(request, source, route);
    if (identity instanceof Promise) {
      identity.then(
        (known) => {
          this.decide(request, response, next, { source, route, identity: known });
        },
        () => {
          if (route.isGuarded) next(sessionsOutOfReach());
          else next();
        },
      );
    } else this.decide(request, response, next, { source, route, identity });
  };

  /**
   * Whether a socket may be opened: asked in the server's `upgrade` event, before anything is answered. A page must be one
   * of ours; a program without an `Origin` may pass, and shows what it has (`identity` is `null` for a stranger).
   */
  async admitUpgrade(request: IncomingMessage): Promise<Admission> {
    const source = this.sourceOf(request);
    const { origin } = request.headers;
    if (!this.rules.answersTo(source.host)) {
      this.tell('foreign_host', source, request);
      return { refusal: forbidden(unknownName(source.host)) };
    }
    if (origin !== undefined && !this.rules.allows(origin, source)) {
      this.tell('foreign_origin', source, request);
      return { refusal: forbidden('Pages of this origin may not open a connection here.') };
    }
    try {
      const identity = await this.identify(request, source, null);
      return { identity };
    } catch {
      return { refusal: sessionsOutOfReach() };
    }
  }

  private decide(
    request: Request,
    response: Response,
    next: NextFunction,
    { source, route, identity }: { source: RequestSource; route: RouteClass; identity: Identity | null },
  ): void {
    if (identity !== null) setIdentity(request, identity);
    const goOn = (waitS: number): void => {
      const refusal = route.isGuarded ? this.refusalOf(request, source, { route, identity, waitS }) : null;
      if (refusal !== null) {
        next(refusal);
        return;
      }
      const sessionHash = identity?.sessionHash ?? null;
      if (route.isStream && sessionHash !== null) this.bind(response, sessionHash);
      next();
    };
    const waitS = route.isGuarded ? this.waitOf(source, identity) : 0;
    if (typeof waitS === 'number') goOn(waitS);
    else void waitS.then(goOn);
  }

  /** Counts a request to its caller; without a login everybody here is the owner, on his own machine. */
  private waitOf(source: RequestSource, identity: Identity | null): number | Promise<number> {
    if (identity?.kind === 'owner') return 0;
    const caller = identity?.sessionHash ?? addressBucket(source.address);
    return this.limits.take(caller, identity === null ? STRANGER_LIMIT : SESSION_LIMIT);
  }

  /** What is wrong with a request whoever sent it: the name it was sent to, the page it comes from, the type of its body. */
  private faultOf(request: Request, source: RequestSource, route: RouteClass): ProblemException | null {
    if (!route.isProbe && !this.rules.answersTo(source.host)) {
      this.tell('foreign_host', source, request);
      return forbidden(unknownName(source.host));
    }
    if (READS.has(request.method)) return null;
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isListed = origin !== undefined && this.rules.allows(origin, source);
    if (origin === undefined ? site === 'cross-site' || site === 'same-site' : !isListed) {
      this.tell('foreign_origin', source, request);
      return forbidden('Pages of this origin may not change anything here.');
    }
    return null;
  }

  private refusalOf(
    request: Request,
    source: RequestSource,
    { route, identity, waitS }: { route: RouteClass; identity: Identity | null; waitS: number },
  ): ProblemException | null {
    if (identity?.kind === 'owner') return this.wrongTypeOf(request, source);
    if (waitS > 0) {
      this.tell('rate_limited', source, request);
      return tooMany('More requests than one caller gets. Slow down.', jitteredS(waitS));
    }
    if (identity === null) {
      this.tell('no_session', source, request);
      return noSession();
    }
    if (route.isStream && this.streamsOf(identity) >= STREAMS_PER_SESSION) {
      return tooMany(
        `This session has ${STREAMS_PER_SESSION} streams open already. Close one.`,
        jitteredS(5),
      );
    }
    return this.wrongTypeOf(request, source);
  }

  private streamsOf({ sessionHash }: Identity): number {
    return sessionHash === null ? 0 : this.sessions.connections.countOf(sessionHash);
  }

  /** Bodies are JSON: whatever a plain form of another page could send is refused by its type. */
  private wrongTypeOf(request: Request, source: RequestSource): ProblemException | null {
    if (READS.has(request.method) || !hasBody(request) || isJson(request)) return null;
    this.tell('wrong_content_type', source, request);
    return new ProblemException({ status: 415, detail: 'The body must be sent as application/json.' });
  }

  private identify(
    request: IncomingMessage,
    source: RequestSource,
    route: RouteClass | null,
  ): Identity | null | Promise<Identity | null> {
    if (!this.hasLogin) return OWNER;
    if (route?.isForOperators === true && this.isOperator(request, source)) return SCRAPER;
    const token = tokenIn(request, source.isSecure);
    if (token === null) return null;
    const session = this.sessions.resolve(token);
    return session instanceof Promise ? session.then(asIdentity) : asIdentity(session);
  }

  private isOperator(request: IncomingMessage, { address }: RequestSource): boolean {
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && this.operatorToken !== null) {
      if (timingSafeEqual(digestOf(bearer), this.operatorToken)) return true;
    }
    return address !== '' && isInside(this.operatorNetworks, address);
  }

  /** Ties a stream to its session: it is closed when that ends. */
  private bind(response: Response, sessionHash: string): void {
    const forget = this.sessions.connections.add(sessionHash, () => response.end());
    response.once('close', forget);
  }

  private tell(event: SecurityEvent, { address }: RequestSource, request: IncomingMessage): void {
    this.securityLog.tell(event, address, (request.url ?? '').replace(/\?.*$/s, ''));
  }
}

function asIdentity(session: Session | null): Identity | null {
  return session && { kind: 'session', userId: session.userId, sessionHash: session.idHash };
}

function unknownName(host: string): string {
  const shown = host.replace(/[^\w.:[\]-]/g, '').slice(0, 100);
  return `The desk does not answer to the name ${shown}. Name the origin it is reached under in APP_ORIGIN.`;
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson({ headers }: Request): boolean {
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function digestOf(text: BinaryLike): Buffer {
  return createHash('sha256').update(text).digest();
}
