import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ENV } from './env.token.js';
import type { Env } from './env.schema.js';

/** Gives the validated settings to everybody under the token {@link ENV}. Nobody else reads the environment. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(env: Env): DynamicModule {
    return { module: ConfigModule, providers: [{ provide: ENV, useValue: env }], exports: [ENV] };
  }
}
