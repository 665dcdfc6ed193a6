import * as z from 'zod';
import { envSchema } from './env.schema.js';

const COMMENT_WIDTH = 110;

const HEADER = [
  'Settings of Spotlight Trader, all of them optional. Generated from server/src/config/env.schema.ts: npm run env-example',
  'They are read from the environment, for example: FEED_SPEED=60 npm start',
];

/**
 * Text of `.env.example`: every setting in the schema's order, its description as a comment above it. A setting with a
 * default shows it; one without is commented out. Throws when a setting has no description.
 */
export function renderEnvExample(): string {
  const settings = Object.entries(envSchema.shape).map(([name, schema]) => renderSetting(name, schema));
  return `${[HEADER.flatMap(asComment).join('\n'), ...settings].join('\n\n')}\n`;
}

function renderSetting(name: string, schema: z.ZodType): string {
  const { description } = schema;
  if (description === undefined) throw new Error(`${name} has no description in env.schema.ts`);
  const line = schema instanceof z.ZodDefault ? `${name}=${asText(schema.def.defaultValue)}` : `# ${name}=`;
  return [...asComment(description), line].join('\n');
}

/** Text form of a default as somebody would write it in the environment. */
function asText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** Breaks a text into comment lines of at most {@link COMMENT_WIDTH} characters, at spaces. */
function asComment(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < COMMENT_WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
