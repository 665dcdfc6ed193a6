import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { identityOf, type Identity } from './identity.js';
import { noSession } from './refusals.js';

/** The {@link Identity} behind a request, as a handler's parameter. 401 where there is none. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): Identity => {
  const identity = identityOf(context.switchToHttp().getRequest<Request>());
  if (identity === null) throw noSession();
  return identity;
});
