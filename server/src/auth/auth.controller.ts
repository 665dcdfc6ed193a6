import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import * as z from 'zod';
import { Answers } from '../api-docs/index.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { AccessGate } from './access-gate.js';
import { CurrentUser } from './current-user.decorator.js';
import { identityOf, OWNER_ID, type Identity } from './identity.js';
import { LoginService } from './login.service.js';
import { Public } from './public.decorator.js';
import { forbidden } from './refusals.js';
import { isPlainHttpAcceptable, type RequestSource } from './request-origin.js';
import { expiredCookie, sessionCookie, tokenIn, type CookieManner } from './session-cookie.js';
import { SESSION_ABSOLUTE_MS, SessionService } from './session.service.js';

/** Body of `POST /api/auth/pin`. */
export const pinBodySchema = z
  .strictObject({ pin: z.string('pin is required').min(1, 'pin is required').max(128, 'pin is too long') })
  .describe('the PIN the server was started with (APP_PIN)');
type PinBody = z.infer<typeof pinBodySchema>;

/** Body of `POST /api/auth/logout`. */
export const logoutBodySchema = z
  .strictObject({ everywhere: z.boolean('everywhere must be true or false').default(false) })
  .default({ everywhere: false })
  .describe('everywhere: true ends all sessions, not this one alone');
type LogoutBody = z.infer<typeof logoutBodySchema>;

/** What `GET /api/auth/session` tells. */
const sessionStateSchema = z
  .object({
    pin_required: z.boolean().describe('whether the desk has a login at all'),
    authenticated: z.boolean().describe('whether this request may read the desk'),
    expires_at: z.int().nullable().describe('when it ends unless it is used, UTC epoch milliseconds'),
    user_id: z.int().nullable(),
  })
  .meta({
    id: 'SessionState',
    example: { pin_required: true, authenticated: true, expires_at: 1_762_960_440_000, user_id: 1 },
  });
type SessionState = Readonly<z.infer<typeof sessionStateSchema>>;

/** Login, logout, and whether there is a session. */
@ApiTags('sessions')
@Controller('api/auth')
export class AuthController {
  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly gate: AccessGate,
    private readonly logins: LoginService,
    private readonly sessions: SessionService,
  ) {}

  @Public()
  @Post('pin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give the PIN; the answer sets the session cookie' })
  @Answers(sessionStateSchema, { description: 'The session has begun' })
  @ApiResponse({ status: 401, description: 'That PIN is not right' })
  @ApiResponse({ status: 403, description: 'Not over plain HTTP from the internet' })
  @ApiResponse({ status: 429, description: 'Too many wrong ones; Retry-After says when the next try is due' })
  async login(
    @Body({ schema: pinBodySchema }) { pin }: PinBody,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionState> {
    const source = this.gate.sourceOf(request);
    if (this.env.APP_PIN === undefined) return this.state(request);
    if (!source.isSecure && !isPlainHttpAcceptable(source)) {
      throw forbidden('A PIN is not taken over plain HTTP from the internet. Put TLS in front of the desk.');
    }
    await this.logins.check(pin, source.address);
    await this.endSessionIn(request, source);
    const { token, expiresAtMs } = await this.sessions.begin(OWNER_ID);
    response.setHeader(
      'Set-Cookie',
      sessionCookie(token, Math.floor(SESSION_ABSOLUTE_MS / 1_000), this.mannerOf(source)),
    );
    return { pin_required: true, authenticated: true, expires_at: expiresAtMs, user_id: OWNER_ID };
  }

  @Post('logout')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End this session, or with everywhere: true all of them, and what they hold open',
  })
  @ApiNoContentResponse({ description: 'Ended' })
  async logout(
    @Body({ schema: logoutBodySchema }) { everywhere }: LogoutBody,
    @CurrentUser() identity: Identity,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const source = this.gate.sourceOf(request);
    if (everywhere) await this.sessions.endAll(identity.userId);
    else if (identity.sessionHash !== null) await this.sessions.end(identity.sessionHash);
    response.setHeader('Set-Cookie', expiredCookie(this.mannerOf(source)));
    this.gate.securityLog.tell('logout', source.address, '/api/auth/logout');
  }

  @Public()
  @Get('session')
  @ApiOperation({ summary: 'Whether there is a login, and whether this request has a session' })
  @Answers(sessionStateSchema, { description: 'State of the session' })
  async state(@Req() request: Request): Promise<SessionState> {
    const identity = identityOf(request);
    const pin_required = this.env.APP_PIN !== undefined;
    if (identity === null) return { pin_required, authenticated: false, expires_at: null, user_id: null };
    const token = pin_required ? tokenIn(request, this.gate.sourceOf(request).isSecure) : null;
    const session = token === null ? null : await this.sessions.resolve(token);
    return {
      pin_required,
      authenticated: true,
      expires_at: session?.expiresAtMs ?? null,
      user_id: identity.userId,
    };
  }

  /** The session somebody comes with ends when a new one begins. */
  private async endSessionIn(request: Request, { isSecure }: RequestSource): Promise<void> {
    const token = tokenIn(request, isSecure);
    const known = token === null ? null : await this.sessions.resolve(token);
    if (known !== null) await this.sessions.end(known.idHash);
  }

  private mannerOf({ isSecure }: RequestSource): CookieManner {
    return { isSecure, isFramed: (this.env.FRAME_ANCESTORS ?? []).length > 0 };
  }
}
