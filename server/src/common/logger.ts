import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Env } from '../config/env.schema.js';

/** Keys whose values never reach a log line. */
const REDACTED = ['authorization', 'cookie', 'pin', 'token', 'password', 'secret'];

/**
 * The process log: one line of JSON an entry in production, one readable line elsewhere. Lines go to standard output;
 * a broken output is not worth a crash, so write errors are dropped.
 */
export function createLogger(env: Pick<Env, 'NODE_ENV' | 'LOG_LEVEL'>): Logger {
  const options = {
    level: env.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
  };
  if (env.NODE_ENV === 'production') return pino(options);
  return pino(
    options,
    PinoPretty({
      colorize: process.stdout.isTTY,
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss',
      messageFormat: '{if context}{context}: {end}{msg}',
      ignore: 'context',
      sync: true,
    }),
  );
}

/** Lets Nest write through the process log. */
export class NestLogger extends ConsoleLogger implements LoggerService {
  constructor(private readonly logger: Logger) {
    super();
  }

  override log(message: unknown, context?: string): void {
    // The framework tells each route and module it wires (contexts in capitals); of interest to developers only.
    const level = context !== undefined && /^[A-Z]/.test(context) ? 'debug' : 'info';
    this.logger[level]({ context }, String(message));
  }

  override error(message: unknown, ...rest: unknown[]): void {
    const [stack, context] = rest.length > 1 ? rest : [undefined, rest[0]];
    // Nest's word on a start that failed, stack and all; run() tells the reason in one line a fault.
    if (context === 'ExceptionHandler') return;
    const err = message instanceof Error ? message : undefined;
    this.logger.error({ context, stack, err }, err?.message ?? String(message));
  }

  override warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  override debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  override verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
