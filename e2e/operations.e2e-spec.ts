import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, readdir, stat, symlink } from 'node:fs/promises';
import { constants } from 'node:os';
import path from 'node:path';
import { eventually } from './kit/eventually.js';
import { freePort } from './kit/free-port.js';
import { ask, type HttpAnswer } from './kit/http.js';
import { makeTempDir } from './kit/temp-dir.js';

/** Of the project's folder, what a clone would not have, or what is linked instead. */
const NOT_COPIED = new Set(['node_modules', '.git', '.data', '.env', '.angular', 'coverage']);
const PIN = 'a sentence of your own';
/** Of a desk that was asked to stop; npm and the shell around it may tell of the signal instead. */
const STOPPED = [0, 130, 143];

/** The commands a person is told to type, by the mark before each block: `<!-- try: start -->`. */
function blocksOf(file: string): ReadonlyMap<string, string> {
  const marked = readFileSync(file, 'utf8').matchAll(/<!-- try: ([\w-]+) -->\n+```sh\n([\s\S]*?)```/g);
  return new Map([...marked].map(([, name = '', commands = '']) => [name, commands]));
}

const told = new Map([...blocksOf('docs/operations/running.md'), ...blocksOf('docs/security.md')]);

describe('docs/operations, followed from nothing', () => {
  let folder: string;
  let backups: string;
  let port: number;
  let running: Desk | null = null;

  beforeAll(async () => {
    folder = path.join(await makeTempDir('followed'), 'spotlight-trader');
    backups = await makeTempDir('backups');
    port = await freePort();
    const root = path.resolve('.');
    for (const name of await readdir(root))
      if (!NOT_COPIED.has(name))
        await cp(path.join(root, name), path.join(folder, name), { recursive: true });
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  });

  afterAll(() => running?.end('SIGKILL'));

  /** A block as it stands in the documentation, but for the port, where backups go, and a PIN in place of dots. */
  function commands(name: string): string {
    const text = told.get(name);
    if (text === undefined) throw new Error(`no block of the documentation is marked <!-- try: ${name} -->`);
    return text
      .replaceAll('/mnt/backups', backups)
      .replaceAll('localhost:8080', `localhost:${port}`)
      .replaceAll("APP_PIN='...'", `APP_PIN='${PIN}'`);
  }

  const shell = (name: string): Desk => new Desk(commands(name), folder, port);

  async function start(name: string, headers: Headers = {}): Promise<Desk> {
    running = shell(name);
    await running.untilReady(headers);
    return running;
  }

  const get = (where: string, headers: Headers = {}): Promise<HttpAnswer> =>
    ask({ port, path: where, headers });

  test('it is started, says where it is, and answers what one looks at', async () => {
    const desk = await start('start');
    expect(desk.output).toContain(`http://localhost:${port}`);
    expect((await get('/')).headers['content-type']).toMatch(/^text\/html/);
    const looked = shell('look');
    expect({ code: await looked.ended, output: looked.output }).toMatchObject({ code: 0 });
    expect(looked.output).toContain('"leader":true');
    expect((await readdir(path.join(folder, '.data'))).sort()).toEqual(
      expect.arrayContaining(['postgres', 'server.lock']),
    );
    await eventually(async () => (await bars()).length > 1, { what: 'bars', timeoutMs: 200_000 });
    expect(STOPPED).toContain(await desk.end('SIGINT'));
  });

  test('it is backed up, restored into an empty place, and every bar is what was written', async () => {
    const backup = shell('backup');
    expect({ code: await backup.ended, output: backup.output }).toMatchObject({ code: 0 });
    const names = [...(await readdir(folder)), ...(await readdir(backups))];
    expect(names.filter((name) => name.endsWith('.backup.gz')).sort()).toEqual([
      'desk.backup.gz',
      expect.stringMatching(/^spotlight-\d{4}-\d\d-\d\dT\d{6}Z\.backup\.gz$/),
    ]);
    expect((await stat(path.join(folder, '.data-new/postgres'))).isDirectory()).toBe(true);
    const verified = shell('verify');
    expect({ code: await verified.ended, output: verified.output }).toMatchObject({ code: 0 });
  });

  test('it is reached from elsewhere with a PIN, and let open again after too many tries', async () => {
    const desk = await start('network');
    expect((await get('/api/history?symbol=SPY')).status).toBe(401);
    const statuses: number[] = [];
    for (let tries = 0; tries < 7; tries++) statuses.push((await login('not the PIN')).status);
    expect(statuses.at(-1)).toBe(429);
    expect(await shell('unlock').ended).toBe(0);
    const answer = await login(PIN);
    expect(answer.status).toBe(200);
    const cookie = (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
    expect((await get('/api/history?symbol=SPY', { Cookie: cookie })).status).toBe(200);
    expect(STOPPED).toContain(await desk.end('SIGTERM'));
  });

  test('it stands behind a proxy with TLS, in production', async () => {
    const proxied = { Host: 'desk.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.7' };
    const desk = await start('proxy', proxied);
    const answer = await login(PIN, proxied);
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-/);
    expect(STOPPED).toContain(await desk.end('SIGTERM'));
  });

  test('nothing that is marked was left out', () => {
    expect([...told.keys()].sort()).toEqual([
      'backup',
      'look',
      'network',
      'proxy',
      'start',
      'unlock',
      'verify',
    ]);
  });

  async function bars(): Promise<unknown[]> {
    return JSON.parse((await get('/api/history?symbol=SPY')).text) as unknown[];
  }

  function login(pin: string, headers: Headers = {}): Promise<HttpAnswer> {
    return ask({
      port,
      path: '/api/auth/pin',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ pin }),
    });
  }
});

type Headers = Readonly<Record<string, string>>;

/** Commands in a shell of their own, in the project's folder; with everything they start they can be stopped as by Ctrl-C. */
class Desk {
  output = '';
  /** Exit code, 128 and more for a signal. */
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;

  constructor(
    commands: string,
    folder: string,
    private readonly port: number,
  ) {
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    const env = {
      PATH,
      HOME,
      TMPDIR,
      LANG: 'C.UTF-8',
      PORT: String(port),
      FEED: 'simulator',
      FEED_SPEED: '20',
    };
    this.child = spawn('bash', ['-e', '-c', commands], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.ended = new Promise((resolve) => {
      // Comes when the last of what was started is gone.
      this.child.once('close', (code, signal) => {
        resolve(code ?? 128 + constants.signals[signal as NodeJS.Signals]);
      });
    });
  }

  async untilReady(headers: Headers): Promise<void> {
    const early = this.ended.then((code) => {
      throw new Error(`it ended with ${code}: ${this.output.slice(-1_500)}`);
    });
    early.catch(() => undefined);
    const ready = eventually(
      async () => (await ask({ port: this.port, path: '/ready', headers })).status === 200,
      {
        what: '/ready',
        timeoutMs: 240_000,
      },
    );
    ready.catch(() => undefined);
    await Promise.race([ready, early]);
  }

  /** Sends a signal to everything that was started, as a terminal does, and gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number> {
    const { pid, exitCode } = this.child;
    if (pid !== undefined && exitCode === null) process.kill(-pid, signal);
    return this.ended;
  }
}
