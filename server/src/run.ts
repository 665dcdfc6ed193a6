import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { configure } from './app.setup.js';
import { Draining } from './common/draining.js';
import { hasErrorCode, messageOf, StartupError } from './common/errors.js';
import { createLogger, NestLogger } from './common/logger.js';
import { parseEnv, SettingsError, type Env } from './config/env.schema.js';
import { MarketPipeline } from './market/index.js';

/** EX_CONFIG of sysexits.h: the settings are wrong. */
const EXIT_WRONG_SETTINGS = 78;
const EXIT_FAILED = 1;
/** What a process with a fatal error gets to write down what waits. */
const FATAL_FLUSH_MS = 800;
/** How long a process in production still answers after it was asked to stop: a balancer needs to see it first. */
const PRODUCTION_DRAIN_MS = 5_000;
/** A stop that takes longer than this is forced: what is not flushed by then never will be. */
const STOP_LIMIT_MS = 20_000;

/**
 * Starts the server and resolves once it has stopped, with the exit code of the process. Every failure to start is one
 * readable line a fault on standard error.
 */
export async function run(environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    const env = parseEnv(environment);
    const logger = createLogger(env);
    let app: NestExpressApplication | null = null;
    endOnFatalError(logger, () => app);
    app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(env), {
      logger: new NestLogger(logger),
      abortOnError: false,
      forceCloseConnections: true,
      // Bodies are read behind the gate, with limits: see configure().
      bodyParser: false,
    });
    configure(app);
    const stopped = stopOnSignal(app, logger, drainMs(env));
    await listen(app, env);
    announce(app, env);
    await stopped;
    return 0;
  } catch (thrown) {
    return failedStart(thrown);
  }
}

/**
 * Crash-only: what nobody caught is told once and ends the process; the next start is like any other. On the way out it is
 * not ready any more, and what waits to be written is written where that takes no time.
 */
function endOnFatalError(logger: Logger, appOf: () => NestExpressApplication | null): void {
  let isEnding = false;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      const app = appOf();
      if (isEnding || app === null) {
        logger.fatal({ err: thrown }, `fatal: ${messageOf(thrown)}`);
        process.exit(EXIT_FAILED);
      }
      isEnding = true;
      app.get(Draining).start();
      logger.fatal({ err: thrown }, `fatal: ${messageOf(thrown)}`);
      const end = (): void => process.exit(EXIT_FAILED);
      setTimeout(end, FATAL_FLUSH_MS);
      app.close().then(end, end);
    });
  }
}

async function listen(app: NestExpressApplication, { HOST, PORT }: Env): Promise<void> {
  try {
    await app.listen(PORT, HOST);
  } catch (thrown) {
    await app.close();
    if (hasErrorCode(thrown, 'EADDRINUSE')) {
      throw new StartupError(
        `PORT=${PORT}: already in use on ${HOST}. Stop what uses it, or set another PORT.`,
      );
    }
    if (hasErrorCode(thrown, 'EACCES')) {
      throw new StartupError(`PORT=${PORT}: this user may not listen on it. Set a PORT above 1023.`);
    }
    throw thrown;
  }
}

/** What a person who typed `npm start` needs to know. */
function announce(app: NestExpressApplication, { HOST }: Env): void {
  const address = app.getHttpServer().address() as { port: number };
  const { name, reason } = app.get(MarketPipeline).source;
  const host = HOST === '127.0.0.1' || HOST === '::1' ? 'localhost' : HOST;
  process.stdout.write(
    `\n  Spotlight Trader is at http://${host}:${address.port}\n  Feed: ${name} (${reason})\n  Ctrl-C stops it.\n\n`,
  );
}

/** Resolves when the process was asked to stop and everything is closed. Asking twice changes nothing. */
function stopOnSignal(app: NestExpressApplication, logger: Logger, drainMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (signal: NodeJS.Signals): void => {
      const draining = app.get(Draining);
      if (draining.isDraining) return;
      draining.start();
      logger.info(`${signal}: stopping`);
      setTimeout(() => {
        logger.fatal(`not stopped after ${STOP_LIMIT_MS} ms, giving up`);
        process.exit(EXIT_FAILED);
      }, STOP_LIMIT_MS).unref();
      // Not ready from here on, and still answering: a balancer moves traffic away before the doors close.
      setTimeout(() => {
        app.close().then(resolve, reject);
      }, drainMs);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

function drainMs({ DRAIN_MS, NODE_ENV }: Env): number {
  return DRAIN_MS ?? (NODE_ENV === 'production' ? PRODUCTION_DRAIN_MS : 0);
}

function failedStart(thrown: unknown): number {
  if (thrown instanceof SettingsError) {
    for (const fault of thrown.faults) process.stderr.write(`Wrong setting: ${fault}\n`);
    return EXIT_WRONG_SETTINGS;
  }
  process.stderr.write(`Spotlight Trader did not start. ${messageOf(thrown)}\n`);
  if (!(thrown instanceof StartupError) && thrown instanceof Error)
    process.stderr.write(`${thrown.stack ?? ''}\n`);
  return thrown instanceof StartupError ? thrown.exitCode : EXIT_FAILED;
}
