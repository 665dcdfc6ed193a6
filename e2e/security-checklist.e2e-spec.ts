import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Every line of the project's security checklist. */
const CHECKLIST = [
  ...['S-CK1', 'S-CK2', 'S-CK3', 'S-CK4', 'S-SE1', 'S-SE2', 'S-SE3', 'S-AU1', 'S-AU2', 'S-AU3', 'S-AU4'],
  ...['S-AZ1', 'S-AZ2', 'S-CS1', 'S-CO1', 'S-HD1', 'S-HD2', 'S-HD3', 'S-HD4', 'S-WS1', 'S-WS2', 'S-WS3'],
  ...['S-WS4', 'S-JW1', 'S-JW2', 'S-SS1', 'S-IN1', 'S-IN2', 'S-IN3', 'S-DO1', 'S-DO2', 'S-DO3', 'S-SC1'],
  ...['S-SC2', 'S-LO1', 'S-LO2', 'S-ER1', 'S-CF1', 'S-DE1', 'S-DE2', 'S-K81'],
];
const FOLDERS = ['e2e', 'server/src', 'libs', 'tools'];
const TEST_FILE = /\.(spec|e2e-spec|suite|test)\.(ts|mjs)$/;
/** A title that begins with ids: `'S-AU4, F60: ten thousand ...'`. */
const TITLE = /['"`]((?:(?:S-[A-Z]+\d+|[A-Z]\d+)(?:, | to )?)+): /g;
const SOURCE_FOLDERS = ['server/src', 'libs', 'client/src'];

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return entry.isFile() && !file.includes('node_modules') ? [file] : [];
  });
}

/** Ids by the files whose tests carry them; "S-HD1 to S-HD4" are four. */
function titledIds(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of FOLDERS.flatMap(filesUnder).filter((name) => TEST_FILE.test(name)))
    for (const [, ids = ''] of readFileSync(file, 'utf8').matchAll(TITLE))
      for (const id of idsIn(ids)) found.set(id, [...(found.get(id) ?? []), file]);
  return found;
}

function idsIn(text: string): string[] {
  return text.split(', ').flatMap((part) => {
    const [first = '', last] = part.split(' to ');
    if (last === undefined) return [first];
    const [kind, from, to] = [
      first.replace(/\d+$/, ''),
      Number(/\d+$/.exec(first)),
      Number(/\d+$/.exec(last)),
    ];
    return Array.from({ length: to - from + 1 }, (_, step) => `${kind}${from + step}`);
  });
}

interface Row {
  readonly ids: readonly string[];
  readonly answer: string;
  readonly tests: readonly string[];
}

/** The rows of the checklist in docs/security.md. */
function answers(): Row[] {
  const rows = readFileSync('docs/security.md', 'utf8').matchAll(/^\| (S-[^|]+)\|([^|]+)\|([^|]+)\|$/gm);
  return [...rows].map(([, ids = '', answer = '', tests = '']) => ({
    ids: ids.trim().split(', '),
    answer: answer.trim(),
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }));
}

describe('the security checklist in docs/security.md', () => {
  const rows = answers();
  const titled = titledIds();

  test.each(CHECKLIST)('%s has an answer and names where a test of that name is', (id) => {
    const row = rows.find(({ ids }) => ids.includes(id));
    expect(row?.answer).toMatch(/\w/);
    const files = titled.get(id) ?? [];
    expect({ id, files }).not.toEqual({ id, files: [] });
    const isNamed = row?.tests.some((name) =>
      files.some((file) => file.startsWith(name) || file.includes(`/${name}.`)),
    );
    expect({ id, files, named: row?.tests, isNamed }).toMatchObject({ isNamed: true });
  });

  test('it answers nothing that was not asked', () => {
    expect(rows.flatMap(({ ids }) => ids).filter((id) => !CHECKLIST.includes(id))).toEqual([]);
  });
});

describe('what the source may not hold', () => {
  const sources = SOURCE_FOLDERS.flatMap(filesUnder)
    .filter((file) => file.endsWith('.ts') && !/\.(spec|suite)\.ts$/.test(file))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const holding = (pattern: RegExp): string[] =>
    sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

  test('S-IN2: code that is made from text', () => {
    expect(sources.length).toBeGreaterThan(300);
    // Scripts of Redis are constants of ours that run there.
    expect(holding(/(?<!redis\.)\beval\(|\bnew Function\b|from '(node:)?vm'/)).toEqual([]);
  });

  test('S-IN3: markup that is made from text', () => {
    expect(holding(/\b(innerHTML|outerHTML|insertAdjacentHTML|bypassSecurityTrust\w*)\b/)).toEqual([]);
  });
});

test.each([
  ['ws', 8, 21],
  ['helmet', 8, 0],
  ['jose', 6, 0],
  ['pg', 8, 23],
])('S-DE2: %s is not older than %i.%i', (name, major, minor) => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const [a = 0, b = 0] = (packages[`node_modules/${name}`]?.version ?? '').split('.').map(Number);
  expect(a * 1_000 + b).toBeGreaterThanOrEqual(major * 1_000 + minor);
});
