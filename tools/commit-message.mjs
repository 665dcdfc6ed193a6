// Checks the first line of a commit message: type(scope): what changes. Called by the commit-msg hook with the file.
import { readFileSync } from 'node:fs';

const TYPES = ['feat', 'fix', 'perf', 'refactor', 'test', 'docs', 'build', 'ci', 'chore', 'style', 'revert'];
const MAX_LENGTH = 100;
const FORM = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9-]+(,[a-z0-9-]+)*\\))?!?: [^ ].*[^.]$`);
/** Written by git itself. */
const MADE_BY_GIT = /^(Merge|Revert|fixup!|squash!|amend!) ?/;

const [, , file] = process.argv;
const subject = readFileSync(file, 'utf8').split('\n', 1)[0].trimEnd();

if (!MADE_BY_GIT.test(subject) && (!FORM.test(subject) || subject.length > MAX_LENGTH)) {
  console.error(
    [
      `Commit message: "${subject}"`,
      `does not have the form  type(scope): what changes   (scope may be left out, at most ${MAX_LENGTH} characters, no full stop)`,
      `with one of the types ${TYPES.join(', ')}. For example: fix(stream): close a reader that is too slow`,
    ].join('\n'),
  );
  process.exit(1);
}
