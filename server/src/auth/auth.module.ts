import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { AccessGate } from './access-gate.js';
import { AuthController } from './auth.controller.js';
import { LoginService } from './login.service.js';
import { LoginThrottle } from './login-throttle.js';
import { PinService } from './pin.service.js';
import { SecretKeys } from './secret-keys.js';
import { SessionGuard } from './session.guard.js';
import { SessionTable } from './session-table.js';
import { SessionService } from './session.service.js';

/** PIN login, sessions, and the gate before everything the server answers. */
@Global()
@Module({
  controllers: [AuthController],
  providers: [
    // The data source is there once the data folder was made and taken.
    { provide: SecretKeys, inject: [ENV, DataSource], useFactory: (env: Env) => new SecretKeys(env) },
    SessionTable,
    SessionService,
    PinService,
    LoginThrottle,
    LoginService,
    AccessGate,
    { provide: APP_GUARD, useClass: SessionGuard },
  ],
  exports: [AccessGate, SecretKeys, SessionService],
})
export class AuthModule {}
