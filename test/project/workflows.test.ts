import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** GitHub's workflows have tokens, so each may have only the permissions that it needs. `projenrc/workflows.ts` generates them. */

const FOLDER = join(__dirname, '..', '..', '.github', 'workflows');
const TEXTS = readdirSync(FOLDER).map((file): [file: string, text: string] => [file, readFileSync(join(FOLDER, file), 'utf8')]);

type Permissions = Readonly<Record<string, string>> | string | undefined;

interface Workflow {
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, { readonly permissions: Permissions }>>;
}

function matches(pattern: RegExp): string[] {
  return TEXTS.flatMap(([file, text]) => [...text.matchAll(pattern)].map(([match]) => `${file}: ${match.trim()}`));
}

test('every action is pinned to a commit, with its version in a comment', () => {
  const used = matches(/\buses:.*$/gm);
  expect(used).not.toEqual([]);
  expect(used.filter((line) => !/: uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('everything that is installed has an exact version, or that of the lock file', () => {
  const fetched = matches(/\bnpx\b.*@.*$/gm);
  expect(fetched).toEqual([expect.stringMatching(/publib@\d+\.\d+\.\d+'/)]);
  expect(matches(/\b(npm (i|install|update)|yarn|pnpm)\b.*$/gm)).toEqual([]);
});

test.each(TEXTS)('%s: nothing is allowed but what a job asks for', (_file, text) => {
  const { permissions, jobs } = parse(text) as Workflow;
  expect(permissions).toEqual({});
  // `write-all` and `read-all` are strings, too.
  for (const [job, each] of Object.entries(jobs)) expect({ job, permissions: each.permissions }).toEqual({ job, permissions: expect.any(Object) });
});

test('only the two jobs that publish may write', () => {
  const writing = TEXTS.flatMap(([file, text]) => Object.entries((parse(text) as Workflow).jobs).flatMap(([job, { permissions = {} }]) => (
    Object.entries(permissions).filter(([, access]) => access !== 'read').map(([what, access]) => `${file} ${job}: ${what} ${access}`)
  )));
  expect(writing.sort()).toEqual(['release.yml release_github: contents write', 'release.yml release_npm: id-token write']);
});
