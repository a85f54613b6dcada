import { arn } from '../../local/core/account';
import type { Call } from '../../local/core/service';
import { TaggingService } from '../../local/tagging';

const desktopArn = (id: string) => arn('workspaces', `workspace/${id}`);

let tags: Record<string, Record<string, string> | undefined>;
let service: TaggingService;
beforeEach(() => {
  tags = { 'ws-000000001': { team: 'sales' }, 'ws-000000002': {} };
  const desktops = () => Object.keys(tags).map((workspaceId) => ({ workspaceId, state: 'AVAILABLE' }));
  service = new TaggingService({ tagsOf: (id) => tags[id], desktops });
});

async function ask(input: object): Promise<Record<string, unknown>> {
  const { body } = await service.handle({ operation: 'GetResources', input } as Call);
  return Object.fromEntries(JSON.parse(String(body)).ResourceTagMappingList.map((each: any) => [each.ResourceARN, each.Tags]));
}

test('has the tags of desktops by their ARNs; without tags, or if they do not exist, they are not in the answer', async () => {
  expect(await ask({ ResourceARNList: ['ws-000000001', 'ws-000000002', 'ws-000000003'].map(desktopArn) }))
    .toEqual({ [desktopArn('ws-000000001')]: [{ Key: 'team', Value: 'sales' }] });
});

test('is behind for frozen desktops, until it follows again', async () => {
  service.freeze(['ws-000000001']);
  tags['ws-000000001'] = undefined;
  tags['ws-000000002'] = { team: 'it' };
  const list = { ResourceARNList: ['ws-000000001', 'ws-000000002'].map(desktopArn) };
  expect(Object.keys(await ask(list))).toHaveLength(2);
  service.follow();
  expect(await ask(list)).toEqual({ [desktopArn('ws-000000002')]: [{ Key: 'team', Value: 'it' }] });
});

test.each([
  ['no ARN', { ResourceARNList: [] }, /1 to 100 ARNs, got 0/],
  ['too many', { ResourceARNList: Array.from({ length: 101 }, () => desktopArn('ws-000000001')) }, /1 to 100 ARNs, got 101/],
  ['something else than a desktop', { ResourceARNList: ['arn:aws:s3:::bucket'] }, /is not the ARN of a WorkSpace of this account and Region/],
  ['what it does not know', { ResourcesPerPage: 1 }, /does not know ResourcesPerPage/],
  ['other resources', { TagFilters: [] }, /knows only workspaces:workspace/],
])('refuses %s', async (_, input, message) => {
  await expect(ask(input)).rejects.toThrow(message);
});

test('has the desktops with a tag of this value', async () => {
  tags['ws-000000003'] = { team: 'finance' };
  const filter = { ResourceTypeFilters: ['workspaces:workspace'], TagFilters: [{ Key: 'team', Values: ['sales'] }] };
  expect(Object.keys(await ask(filter))).toEqual([desktopArn('ws-000000001')]);
});
