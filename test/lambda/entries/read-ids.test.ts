import { isRead, joinRead, readIds } from '../../../lambda/entries/read-ids';
import type { IdsEvent } from '../../../lambda/request/events';
import { IDS_RESOURCE_TYPE } from '../../../src/private/contract';
import { FleetProperties, MINUTE, names, TestStack } from '../test-stack';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.start({ missingUsers: ['nobody'], buildTime: MINUTE });
});
afterEach(() => stack.stop());

const fleet: FleetProperties = { users: [...names(30), 'nobody'], FailureTolerance: '1', WorkspaceIds: 'COUNT' };

function event(UserNames: string[], more: Partial<IdsEvent> = {}): IdsEvent {
  const base = stack.forged('Create', {} as never);
  stack.show('FleetIds0', 'CREATE_IN_PROGRESS', IDS_RESOURCE_TYPE);
  return {
    ...base,
    LogicalResourceId: 'FleetIds0',
    ResourceType: IDS_RESOURCE_TYPE,
    ResourceProperties: { ServiceToken: 'x', FleetId: stack.fleetId, DirectoryId: 'd-90677cc91c', IdsDigest: 'x', UserNames },
    ...more,
  } as IdsEvent;
}

const read = (each: IdsEvent) => readIds(stack.services, each);

test('a fleet whose ids are read says how many there are, and another digest whenever one changes', async () => {
  const first = await stack.create(fleet);
  expect(first).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '30 WorkSpaces', IdsDigest: expect.stringMatching(/^[0-9a-f]{16}$/) } });
  const again = await stack.update(fleet, { ...fleet, Refresh: '2' });
  expect(again).toMatchObject({ data: { IdsDigest: (first as any).data.IdsDigest } });
  stack.workspaces.terminateElsewhere(stack.idsOf(['user007'])[0]!);
  await stack.clock.sleep(20 * MINUTE);
  const other = await stack.update({ ...fleet, Refresh: '2' }, { ...fleet, Refresh: '3' });
  expect((other as any).data.IdsDigest).not.toBe((first as any).data.IdsDigest);
});

test('ids are in the requested order, in any case, and empty for refused users', async () => {
  await stack.create(fleet);
  const [seven, two] = stack.idsOf(['user007', 'user002']);
  expect(await read(event(['USER007', 'nobody', 'user002']))).toEqual({ Status: 'DONE', Attributes: { Ids: `${seven},,${two}` } });
  expect(stack.calls('DescribeWorkspaces')).toBeGreaterThan(0);
  const calls = stack.workspaces.counts();
  await read(event(['user001']));
  expect(stack.workspaces.counts()).toEqual(calls);
});

test('nobody else than CloudFormation learns an id', async () => {
  await stack.create(fleet);
  const invented = event(['user001']);
  for (const [status, type] of [['CREATE_COMPLETE', IDS_RESOURCE_TYPE], ['UPDATE_IN_PROGRESS', 'Custom::BulkWorkspaces']]) {
    stack.show('FleetIds0', status, type);
    expect(await read(invented)).toEqual({ Status: 'NOT_YET' });
  }
  await stack.clock.sleep(3 * MINUTE);
  expect(await read(invented)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('CloudFormation does not ask for these ids') });
});

test('late desktops have ids, too', async () => {
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  await stack.create({ ...fleet, TimeoutSeconds: '120' });
  expect(await read(event(['user001']))).toEqual({ Status: 'DONE', Attributes: { Ids: stack.idsOf(['user001'])[0] } });
});

describe('rows of the ledger are deleted', () => {
  beforeEach(async () => {
    await stack.create(fleet);
    await stack.deleteRows(({ sk }) => sk === 'call#00000000');
  });

  test('a read fails by name, and the next deployment of the fleet with another refresh brings them back', async () => {
    stack.status = 'UPDATE_IN_PROGRESS';
    expect(await read(event(['user001']))).toEqual({ Status: 'FAILED', Reason: expect.stringMatching(/no record of 1 of the users .* such as user001.*another value of refresh/) });
    expect(await stack.update(fleet, { ...fleet, Refresh: '2' })).toMatchObject({ status: 'SUCCESS' });
    expect(await read(event(['user001']))).toEqual({ Status: 'DONE', Attributes: { Ids: stack.idsOf(['user001'])[0] } });
  });

  test('a rollback finishes anyway', async () => {
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await read(event(['user001']))).toEqual({ Status: 'DONE', Attributes: { Ids: '' } });
  });

  test('all of them: also with the fleet\'s own', async () => {
    await stack.deleteRows(() => true);
    stack.status = 'UPDATE_IN_PROGRESS';
    expect(await read(event(['user001']))).toMatchObject({ Status: 'FAILED' });
  });
});

test('a read that is deleted needs nothing, not even the ledger', async () => {
  expect(await read(event(['user001'], { RequestType: 'Delete' }))).toEqual({ Status: 'DONE', Attributes: { Ids: '' } });
});

test('more ids than an answer has room for is said, and not cut', async () => {
  const many = names(400);
  await stack.create({ users: many, WorkspaceIds: 'COUNT' });
  expect(await read(event(many))).toEqual({ Status: 'FAILED', Reason: expect.stringMatching(/^the ids of 400 WorkSpaces do not fit the 4096 bytes/) });
});

test('if ids become longer, so that reads have no room for them, a deployment stops at the first 25', async () => {
  stack.answers((api) => ({
    create: async (requests) => {
      const { made, refused } = await api.create(requests);
      return { made: made.map((each) => ({ ...each, id: `${each.id}${'x'.repeat(8)}` })), refused };
    },
  }));
  const outcome = await stack.create({ users: names(300), WorkspaceIds: 'COUNT', IdsInOneRead: '270' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^the ids of 270 WorkSpaces do not fit.*ids are longer now than when this version/) });
  expect(stack.made()).toHaveLength(25);
});

test('a read has an id of its own that stays, and five minutes', () => {
  const create = event(['user001']);
  expect(isRead(create)).toBe(true);
  expect(isRead(stack.event('Create', {} as never))).toBe(false);
  const joined = joinRead(stack.clock, create);
  expect(joined).toEqual({ PhysicalResourceId: expect.stringMatching(/^5f0c1d9e-.*\/[0-9a-f]{8}\/ids$/), Deadline: stack.clock.now() + 5 * MINUTE });
  expect(joinRead(stack.clock, { ...create, RequestType: 'Update', PhysicalResourceId: 'before' }).PhysicalResourceId).toBe('before');
});
