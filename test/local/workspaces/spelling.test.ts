import { CreateWorkspacesCommand } from '@aws-sdk/client-workspaces';
import { ask, client, clock, describeOne, DIRECTORY, MINUTE, start } from './harness';
import type { Spelling } from '../../../local/workspaces/service-options';
import { spelled } from '../../../local/workspaces/spelling';

const SPELLINGS: readonly (readonly [Spelling, string | undefined])[] = [
  ['as asked', 'Zo\u00e9'],
  ['domain', 'CORP\\Zo\u00e9'],
  ['principal', 'Zo\u00e9@corp.example.com'],
  ['capitals', 'ZO\u00c9'],
  ['decomposed', 'Zoe\u0301'],
  ['none', undefined],
];

test.each(SPELLINGS)('a name spelled: %s', (spelling, expected) => {
  expect(spelled('Zo\u00e9', spelling)).toBe(expected);
});

const make = async () => {
  const { PendingRequests } = await client.send(new CreateWorkspacesCommand({ Workspaces: [ask('Zo\u00e9')] }));
  const [{ WorkspaceId, UserName }] = PendingRequests!;
  await clock.sleep(20 * MINUTE);
  return { id: WorkspaceId!, created: UserName };
};

test.each(SPELLINGS)('CreateWorkspaces spells names: %s, and DescribeWorkspaces as asked', async (createdNames, expected) => {
  await start({ createdNames, buildTime: MINUTE });
  const { id, created } = await make();
  expect(created).toBe(expected);
  expect(await describeOne(id)).toMatchObject({ DirectoryId: DIRECTORY, UserName: 'Zo\u00e9' });
});

test.each(SPELLINGS)('DescribeWorkspaces spells names: %s, and CreateWorkspaces as asked', async (shownNames, expected) => {
  await start({ shownNames, buildTime: MINUTE });
  const { id, created } = await make();
  expect(created).toBe('Zo\u00e9');
  expect((await describeOne(id))!.UserName).toBe(expected);
});
