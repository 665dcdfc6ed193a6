import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGate } from './access-gate.js';
import { AuthController } from './auth.controller.js';
import { LoginThrottle } from './login-throttle.js';
import { PinService } from './pin.service.js';
import { SecretKeys } from './secret-keys.js';
import { SessionGuard } from './session.guard.js';
import { SessionService } from './session.service.js';

/** PIN login, sessions, and the gate before everything the server answers. */
@Global()
@Module({
  controllers: [AuthController],
  providers: [
    SecretKeys,
    SessionService,
    PinService,
    LoginThrottle,
    AccessGate,
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
  exports: [AccessGate, SecretKeys, SessionService],
})
export class AuthModule {}
