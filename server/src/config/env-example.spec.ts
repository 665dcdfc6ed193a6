import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { renderEnvExample } from './env-example.js';
import { envSchema, parseEnv } from './env.schema.js';

/** What a person would get who copies the file and uncomments nothing. */
function settingsIn(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('.env.example', () => {
  it('is what the settings schema gives (npm run env-example writes it)', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });

  it('names every setting exactly once', () => {
    const named = [...renderEnvExample().matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]);
    expect(named).toEqual(Object.keys(envSchema.shape));
  });

  it('used as it is gives the defaults', () => {
    expect(parseEnv(settingsIn(renderEnvExample()))).toEqual(parseEnv({}));
  });
});
