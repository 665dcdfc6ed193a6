import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { LISTEN_IN, type Heard } from './kit/listen-in.js';
import { hangUp, openVoice } from './kit/voice-client.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const RATE_HZ = 24_000;
const TOUR_SEEN = `localStorage.setItem('spotlight.settings', '{"hasSeenTour":true}');`;
const PHONE = { width: 390, height: 844 };

let app: RunningApp;
let folder: string;
/** Half a minute of speech, spoken by the desk's own voice. */
let speech: Int16Array;

/** A WAV of one channel. */
function wavOf(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length * 2, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

const silence = (ms: number): Int16Array => new Int16Array((ms * RATE_HZ) / 1_000);

/** A burst of noise that is over before it is speech. */
const cough = (): Int16Array => {
  let state = 7;
  return Int16Array.from({ length: RATE_HZ * 0.13 }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state / 0x7fffffff - 0.5) * 18_000;
  });
};

function joined(...pieces: Int16Array[]): Int16Array {
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

/** A browser whose microphone hears this, once. */
async function browserThatHears(name: string, samples: Int16Array): Promise<Browser> {
  const file = path.join(folder, `${name}.wav`);
  await writeFile(file, wavOf(samples));
  return launchBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${file}%noloop`,
    '--autoplay-policy=no-user-gesture-required',
  ]);
}

/** The desk with the coach's code at hand. */
async function openCoach(browser: Browser, viewport?: typeof PHONE): Promise<DeskPage> {
  const desk = await openDesk(
    browser,
    `${app.url}/?symbol=ACME&timeframe=1m`,
    viewport,
    LISTEN_IN + TOUR_SEEN,
  );
  await desk.page
    .getByRole('region', { name: 'Coach' })
    .or(desk.page.getByRole('button', { name: 'Coach', exact: true }))
    .first()
    .waitFor();
  return desk;
}

async function ask(page: Page, question: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Ask the coach' });
  await field.fill(question);
  await field.press('Enter');
}

const state = (page: Page): Promise<string | null> => page.locator('st-coach .state b').textContent();
const untilState = (page: Page, name: string): Promise<void> =>
  page.locator('st-coach .state b', { hasText: name }).waitFor();
const isLoud = (page: Page): Promise<boolean> => page.evaluate(() => globalThis.__heard.isLoud);
const sent = (page: Page): Promise<Heard['sent']> => page.evaluate(() => globalThis.__heard.sent);

beforeAll(async () => {
  folder = await makeTempDir('coach');
  const file = await writeSyntheticDay(folder, 'ACME', { seed: 5, minutes: 60 });
  app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
  await untilPlayed(app);
  const client = await openVoice(app.port);
  await client.turn('last 5 bars of ACME', 'audio');
  const bytes = Buffer.concat(
    client.all('response.output_audio.delta').map(({ delta }) => Buffer.from(String(delta), 'base64')),
  );
  hangUp();
  speech = Int16Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readInt16LE(index * 2));
});

describe('the coach on the page', () => {
  test('a typed question: spoken, written as it is heard, with the value of the API and where it is from', async () => {
    const browser = await browserThatHears('nothing', silence(1_000));
    const desk = await openCoach(browser);
    const { page } = desk;
    const { price } = await app.json<{ price: number }>('/api/quote?symbol=ACME');
    await ask(page, 'price of ACME');
    await untilState(page, 'Speaking');
    await eventually(() => isLoud(page), { what: 'a voice' });
    await untilState(page, 'Ready');
    const caption = page.locator('st-coach .caption');
    expect(await caption.textContent()).toContain(price.toFixed(2));
    expect(await caption.locator('.ahead').count()).toBe(0);
    expect(await page.locator('st-coach .sources li').first().textContent()).toContain('Last trade of ACME');
    expect(await page.locator('st-coach .money').textContent()).toBe('Local, free');
    expect(await accessFaults(page)).toEqual([]);
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('Esc: silent at once, the caption ends where the voice ended, and the coach is told', async () => {
    const browser = await browserThatHears('silence', silence(1_000));
    const desk = await openCoach(browser);
    const { page } = desk;
    const silentAfterMs: number[] = [];
    for (let round = 0; round < 5; round++) {
      await ask(page, 'last 5 bars of ACME');
      await eventually(() => isLoud(page), { what: 'a voice' });
      await eventually(async () => (await page.locator('st-coach .caption').textContent())!.length > 20, {
        what: 'words',
      });
      await page.keyboard.press('Escape');
      await untilState(page, 'Ready');
      await eventually(async () => !(await isLoud(page)), { what: 'silence' });
      silentAfterMs.push(await page.evaluate(() => __heard.loudAtMs - __heard.escapeAtMs));
      expect((await sent(page)).slice(-2).map(({ type }) => type)).toEqual([
        'conversation.item.truncate',
        'response.cancel',
      ]);
      expect(await page.locator('st-coach .caption .ahead').count()).toBe(0);
    }
    process.stdout.write(
      `last audible sample after Esc, ms: ${silentAfterMs.map((ms) => Math.max(0, Math.round(ms))).join(' ')}\n`,
    );
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('a cough does not end an answer, speech does', async () => {
    const samples = joined(
      silence(2_500),
      cough(),
      silence(2_500),
      speech.subarray(0, RATE_HZ * 3),
      silence(3_000),
    );
    const browser = await browserThatHears('cough-and-speech', samples);
    const desk = await openCoach(browser);
    const { page } = desk;
    await ask(page, 'last 5 bars of ACME');
    await untilState(page, 'Speaking');
    await page.getByRole('button', { name: 'Listen all the time' }).click();
    const types = async (): Promise<string[]> => (await sent(page)).map(({ type }) => type);
    await eventually(async () => (await types()).includes('conversation.item.truncate'), {
      what: 'the interruption',
    });
    const opened = (await sent(page)).find(({ type }) => type === 'session.update')!;
    const ended = (await sent(page)).find(({ type }) => type === 'conversation.item.truncate')!;
    // The cough came about 2.5 s after the microphone was opened, the speech more than 5 s.
    expect(ended.atMs - opened.atMs).toBeGreaterThan(4_000);
    await eventually(async () => !(await isLoud(page)), { what: 'silence' });
    const loudMs = await page.evaluate(() => globalThis.__heard.loudAtMs);
    process.stdout.write(
      `last audible sample after speech was heard, ms: ${Math.max(0, Math.round(loudMs - ended.atMs))}\n`,
    );
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('T held: what was said is sent when it is let go', async () => {
    const browser = await browserThatHears('speech', joined(speech, speech));
    const desk = await openCoach(browser);
    const { page } = desk;
    await page.locator('st-price-chart .plot').focus();
    await page.keyboard.down('t');
    await untilState(page, 'Listening');
    await eventually(
      () => page.evaluate(() => globalThis.__heard.sent.some(({ type }) => type === 'session.update')),
      {
        what: 'the microphone',
      },
    );
    await page.waitForTimeout(1_500);
    await page.keyboard.up('t');
    // The coach inside does not understand sounds, and says so.
    await eventually(
      async () => (await page.locator('st-coach .caption').textContent())?.includes('Type it'),
      {
        what: 'an answer',
      },
    );
    expect((await sent(page)).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['input_audio_buffer.commit', 'response.create']),
    );
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('20 s without a network: said, and back by the third try', async () => {
    const browser = await browserThatHears('quiet', silence(1_000));
    const desk = await openCoach(browser);
    const { page } = desk;
    await ask(page, 'price of ACME');
    await untilState(page, 'Speaking');
    await untilState(page, 'Ready');
    await page.context().setOffline(true);
    await untilState(page, 'Reconnecting');
    expect(await page.locator('st-coach .state span').textContent()).toMatch(/^Try \d of 10, next /);
    await page.waitForTimeout(20_000);
    const before = await page.evaluate(() => globalThis.__heard.sockets);
    await page.context().setOffline(false);
    await untilState(page, 'Ready');
    expect((await page.evaluate(() => globalThis.__heard.sockets)) - before).toBeLessThanOrEqual(3);
    await ask(page, 'price of ACME');
    await untilState(page, 'Speaking');
    await browser.close();
  });

  test('what was said is searched, leads back to its moment on the chart, and is deleted once asked', async () => {
    const browser = await browserThatHears('past', silence(1_000));
    const desk = await openCoach(browser);
    const { page } = desk;
    await ask(page, 'price of ACME');
    await untilState(page, 'Speaking');
    await untilState(page, 'Ready');
    await page.getByRole('radio', { name: '5m', exact: true }).check();
    await page.getByRole('button', { name: 'What was said' }).click();
    const lines = page.getByRole('list', { name: 'What was said' }).getByRole('button');
    await page.getByRole('searchbox', { name: 'Search what was said' }).fill('price of');
    await page.keyboard.press('Enter');
    await eventually(
      async () => {
        const texts = await lines.allTextContents();
        return texts.length > 0 && texts.every((text) => text.includes('price of ACME'));
      },
      { what: 'lines with those words alone' },
    );
    await lines.first().click();
    await eventually(async () => (await desk.chart())?.timeframe === '1m', { what: 'the chart of then' });
    expect(await lines.first().getAttribute('aria-current')).toBe('true');
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete all', exact: true }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect((await app.json<{ lines: unknown[] }>('/api/coach/transcripts')).lines.length).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'Delete all', exact: true }).click();
    await page.getByRole('button', { name: 'Delete all of it' }).click();
    await page.getByText('Nothing has been said yet').waitFor();
    expect(await app.json('/api/coach/transcripts')).toEqual({ lines: [], more: false });
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('a replay it is asked for begins with a yes, from that moment', async () => {
    const browser = await browserThatHears('replay', silence(1_000));
    const desk = await openCoach(browser);
    const { page } = desk;
    const replays = (): Promise<{ id: string; symbols: string[]; from: number }[]> => app.json('/api/replay');
    await ask(page, 'replay ACME from 9:45 at 2x');
    await page
      .getByText(/^Replay ACME from 09:45 on \d{4}-\d\d-\d\d, at 2 times real time\?$/)
      .first()
      .waitFor();
    expect(await replays()).toEqual([]);
    await ask(page, 'yes');
    await eventually(async () => (await replays()).length === 1, { what: 'the replay' });
    const [replay] = await replays();
    expect(replay).toMatchObject({ symbols: ['ACME'] });
    const at = new Date(replay!.from).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' });
    expect(at).toBe('09:45:00');
    await ask(page, 'replay ACME from 23:00');
    await page
      .getByText(/has not come yet/)
      .first()
      .waitFor();
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });

  test('what it proposes needs a click; on a phone it is a sheet over the chart', async () => {
    const browser = await browserThatHears('still', silence(1_000));
    const desk = await openCoach(browser, PHONE);
    const { page } = desk;
    await page.getByRole('button', { name: 'Coach', exact: true }).click();
    await ask(page, 'tell me when ACME crosses above 1234.5');
    await page.getByRole('group', { name: 'The coach asks' }).getByText('closes above 1234.5').waitFor();
    expect(await accessFaults(page)).toEqual([]);
    expect(
      await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0);
    const rules = async (): Promise<string[]> =>
      (await app.json<{ name: string }[]>('/api/rules')).map(({ name }) => name);
    expect(await rules()).toEqual([]);
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await eventually(async () => (await rules()).length === 1, { what: 'the rule' });
    expect(await state(page)).not.toBe('Not reached');
    expect(desk.complaints).toEqual([]);
    await browser.close();
  });
});

describe('signals on the page', () => {
  test('are spoken of by the coach where the trader wants it so, once a symbol', async () => {
    const live = await startApp({ FEED: 'simulator', FEED_SPEED: '20', SYMBOLS: 'SPY' });
    const made = await fetch(`${live.url}/api/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Up bar', symbols: ['SPY'], when: 'close > open' }),
    });
    expect(made.status).toBe(201);
    const browser = await browserThatHears('signals', silence(1_000));
    const chosen = `localStorage.setItem('spotlight.settings', '{"hasSeenTour":true,"callOuts":true}');`;
    const desk = await openDesk(
      browser,
      `${live.url}/?symbol=SPY&timeframe=1m`,
      undefined,
      LISTEN_IN + chosen,
    );
    const { page } = desk;
    const caption = page.locator('st-coach .caption');
    await eventually(
      async () =>
        (await caption.textContent({ timeout: 1_000 }).catch(() => ''))?.includes(
          '“Up bar” signalled on SPY',
        ),
      {
        what: 'words about the signal',
      },
    );
    await eventually(() => page.evaluate(() => globalThis.__heard.loudAtMs > 0), { what: 'a voice' });
    await untilState(page, 'Ready');
    // Others of the symbol follow, and none of them is spoken of within its quiet time.
    const signals = async (): Promise<number> =>
      (await live.json<unknown[]>('/api/signals?symbol=SPY')).length;
    const before = await signals();
    await eventually(async () => (await signals()) >= before + 2, { what: 'more signals' });
    const calls = (await sent(page)).filter(({ type }) => type === 'spotlight.call_out');
    expect(calls).toHaveLength(1);
    expect(desk.complaints).toEqual([]);
    await browser.close();
    await live.stop();
  });
});
