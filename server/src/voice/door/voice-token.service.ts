import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { SecretKeys, type Identity } from '../../auth/index.js';
import { Clock } from '../../common/clock.js';
import { UsedTokens } from './used-tokens.js';

/** How long a token may wait to be used. */
export const TOKEN_GOOD_FOR_MS = 60_000;
/** Clocks of two instances may differ by so much. */
const LEEWAY_S = 5;
const ISSUER = 'spotlight-trader';
const AUDIENCE = 'voice';
const TYPE = 'voice+jwt';
/** Stands for the owner of a desk without a login. */
const NO_SESSION = 'owner';

/** Whom a token lets in. */
export interface TokenHolder {
  readonly userId: number;
  /** `null` where there is no login. */
  readonly sessionHash: string | null;
}

/** Tokens for one connection each: signed, bound to the session that asked, good for a minute. */
@Injectable()
export class VoiceTokens {
  private readonly key: Uint8Array;

  constructor(
    private readonly clock: Clock,
    private readonly used: UsedTokens,
    keys: SecretKeys,
  ) {
    this.key = keys.keyFor('voice-token');
  }

  async make({
    userId,
    sessionHash,
  }: Pick<Identity, 'userId' | 'sessionHash'>): Promise<{ token: string; expiresAt: number }> {
    const nowMs = this.clock.nowMs();
    const nowS = Math.floor(nowMs / 1_000);
    const expiresS = nowS + TOKEN_GOOD_FOR_MS / 1_000;
    const token = await new SignJWT({ sid: sessionHash ?? NO_SESSION })
      .setProtectedHeader({ alg: 'HS256', typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(String(userId))
      .setJti(randomBytes(16).toString('base64url'))
      .setIssuedAt(nowS)
      .setNotBefore(nowS)
      .setExpirationTime(expiresS)
      .sign(this.key);
    return { token, expiresAt: expiresS * 1_000 };
  }

  /** Whom a token lets in, once; `null` for one that is forged, too old or used. Rejects while the database is away. */
  async redeem(token: string): Promise<TokenHolder | null> {
    const claims = await this.verify(token);
    if (claims === null) return null;
    const { sub, sid, jti, exp } = claims;
    if (!(await this.used.use(jti, (exp + LEEWAY_S) * 1_000, this.clock.nowMs()))) return null;
    return { userId: Number(sub), sessionHash: sid === NO_SESSION ? null : sid };
  }

  private async verify(
    token: string,
  ): Promise<{ sub: string; sid: string; jti: string; exp: number } | null> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: ['HS256'],
        typ: TYPE,
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTolerance: LEEWAY_S,
        currentDate: new Date(this.clock.nowMs()),
        maxTokenAge: TOKEN_GOOD_FOR_MS / 1_000,
        requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'jti', 'sid'],
      });
      const { sub, jti, exp, sid } = payload;
      if (sub === undefined || !/^\d{1,15}$/.test(sub) || jti === undefined || exp === undefined) return null;
      return typeof sid === 'string' ? { sub, jti, exp, sid } : null;
    } catch (thrown) {
      if (thrown instanceof errors.JOSEError) return null;
      throw thrown;
    }
  }
}
