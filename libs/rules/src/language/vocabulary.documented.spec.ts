import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SETUPS } from '../setups/setups.js';
import { signatureOf, VOCABULARY, type WordName } from './vocabulary.js';

const page = readFileSync(new URL('../../../../docs/concepts/rules.md', import.meta.url), 'utf8');

it.each(Object.keys(VOCABULARY) as WordName[])('%s stands in docs/concepts/rules.md as it is', (name) => {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${signatureOf(name)}\``));
  expect(row).toContain(VOCABULARY[name].summary);
});

it('so do the setups', () => {
  for (const { name } of SETUPS) expect(page).toContain(`| ${name}`);
});
