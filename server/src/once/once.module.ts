import { Global, Module } from '@nestjs/common';
import { AnsweredOnce } from './answered-once.js';

/** Requests that are done at most once, however often they come. */
@Global()
@Module({ providers: [AnsweredOnce], exports: [AnsweredOnce] })
export class OnceModule {}
