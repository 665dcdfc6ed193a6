import { beforeAll, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { describeWithRedis, startRedis, type RunningRedis } from './kit/redis.js';
import { eventually } from './kit/eventually.js';

describeWithRedis('the Redis of the tests', () => {
  let redis: RunningRedis;

  beforeAll(async () => {
    redis = await startRedis({ args: ['--maxmemory', '64mb'] });
  });

  test('answers, and takes arguments', async () => {
    expect(await say('CONFIG GET maxmemory')).toContain('67108864');
  });

  test('restarted, it is another process with nothing in it', async () => {
    const { pid } = redis;
    expect(await say('SET a 1')).toBe('+OK\r\n');
    await redis.restartEmpty();
    expect(redis.pid).not.toBe(pid);
    expect(await say('GET a')).toBe('$-1\r\n');
  });

  test('paused, it takes connections and is silent until it is resumed', async () => {
    redis.pause();
    const { socket, heard } = open('PING');
    await eventually(() => socket.bytesWritten > 0, { what: 'the question to be sent' });
    expect(await redis.answers()).toBe(false);
    expect(heard()).toBe('');
    redis.resume();
    await eventually(() => heard() === '+PONG\r\n', { what: 'the answer' });
    socket.destroy();
  });

  test('stopped or killed, nobody listens; a paused one can be killed too', async () => {
    await redis.stop();
    expect(redis.isRunning).toBe(false);
    expect(await redis.answers()).toBe(false);
    await redis.start();
    redis.pause();
    await redis.kill();
    expect(await redis.answers()).toBe(false);
    await redis.start();
    expect(await redis.answers()).toBe(true);
  });

  async function say(command: string): Promise<string> {
    const { socket, heard } = open(command);
    try {
      return await eventually(() => heard().endsWith('\r\n') && heard(), { what: `an answer to ${command}` });
    } finally {
      socket.destroy();
    }
  }

  function open(command: string): { socket: Socket; heard: () => string } {
    let text = '';
    const socket = connect({ host: '127.0.0.1', port: redis.port });
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.write(`${command}\r\n`);
    return { socket, heard: () => text };
  }
});
