import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// People search docs/failures.md for what a deployment has said.

const PROJECT = join(__dirname, '..', '..');

function textOf(folder: string): string {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(PROJECT, folder, file), 'utf8')).join('\n');
}

/** What the first column has in backticks. `...` stands for names and numbers. Codes of WorkSpaces are not ours. */
function documented(): string[] {
  const page = readFileSync(join(PROJECT, 'docs', 'failures.md'), 'utf8');
  const table = page.slice(page.indexOf('## Reasons, and what to do'), page.indexOf('## Let some users fail'));
  const reasons = table.split('\n').filter((line) => line.startsWith('| ') && !line.includes('with the code')).map((line) => line.split('|')[1]);
  return reasons.flatMap((reason) => reason.match(/`[^`]+`/g) ?? []).map((quoted) => quoted.slice(1, -1));
}

/** Its pieces follow each other in a line of the source. */
function patternOf(reason: string): RegExp {
  const pieces = reason.split('...').map((piece) => piece.trim().replace(/[^\w\s]/g, '\\$&')).filter(Boolean);
  return new RegExp(pieces.join('.{1,120}?'));
}

test('the handler says what the table of reasons quotes', () => {
  const said = textOf('lambda');
  const reasons = documented();
  expect(reasons.length).toBeGreaterThan(10);
  expect(reasons.filter((reason) => !patternOf(reason).test(said))).toEqual([]);
});
