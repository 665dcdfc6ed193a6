import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { identityOf } from './identity.js';
import { IS_PUBLIC } from './public.decorator.js';
import { noSession } from './refusals.js';

/** The second wall behind the access gate: every handler needs an identity unless it says `@Public()`. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isPublic === true || identityOf(context.switchToHttp().getRequest<Request>()) !== null) return true;
    throw noSession();
  }
}
