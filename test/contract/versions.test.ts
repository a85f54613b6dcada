import * as fs from 'node:fs';
import { DEPLOYED, Fixture, FIXTURES, fixturesOf, manifestOf, propertiesOf, restore, startStack } from './record';
import type { BulkWorkspacesProperties } from '../../src/private/contract';
import { BUNDLE, DIRECTORY, Outcome, TestStack } from '../lambda/test-stack';

// This handler continues the work of an older one. The ledger, the desktops and the events are those that were recorded with the older one.

const OWN = 'cdk-bulk-workspaces:fleet';
const VERSIONS = fs.readdirSync(FIXTURES).map((file) => parseInt(file, 10)).sort((a, b) => a - b);
const NEWEST = VERSIONS[VERSIONS.length - 1];

let stack: TestStack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const versionsWith = (moment: string) => VERSIONS.filter((version) => moment in fixturesOf(version));

function left(version: number, moment: string): Promise<Fixture> {
  return restore(stack, fixturesOf(version)[moment]);
}

async function send(
  type: 'Update' | 'Delete', properties: BulkWorkspacesProperties, before?: BulkWorkspacesProperties, status?: string,
): Promise<Outcome> {
  stack.status = status ?? `${type.toUpperCase()}_IN_PROGRESS`;
  return stack.finish(await stack.begin(stack.event(type, properties, { PhysicalResourceId: stack.physicalId, OldResourceProperties: before })));
}

const rollBack = (failed: BulkWorkspacesProperties, before: BulkWorkspacesProperties) => send('Update', before, failed, 'UPDATE_ROLLBACK_IN_PROGRESS');

async function commit(outcome: Outcome): Promise<void> {
  if (outcome.status === 'FAILED') throw new Error(outcome.reason);
  expect((await stack.commit(outcome.data)).cleanUp).toMatchObject([{ status: 'SUCCESS' }]);
}

/** Everything that can be observed of the existing desktops. */
const everything = () => stack.present()
  .map(({ workspaceId, userName, bundleId, tags, properties }) => ({ workspaceId, userName, bundleId, tags, properties }))
  .sort((a, b) => (a.userName < b.userName ? -1 : 1));

const deployed = ['Chen', 'ana', 'bo', 'dee'];
const withoutBo = [['0', 'ana'], ...DEPLOYED.slice(1)] as const;
const changed = [...withoutBo, ['0', 'emil']] as const;

describe.each(versionsWith('deployed'))('a stack that was deployed with version %i', (version) => {
  const before = propertiesOf(version, DEPLOYED);

  test('gets the same answer from this handler', async () => {
    const { answer, event } = await left(version, 'deployed');
    expect(event.ResourceProperties).toEqual(before);
    const world = everything();
    const outcome = await send('Update', { ...before, Refresh: '2' }, before);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: answer });
    expect(everything()).toEqual(world);
    expect(stack.made()).toEqual(deployed);
  });

  test('is updated by the newest template: one user is added, one is removed, the others do not change', async () => {
    await left(version, 'deployed');
    const kept = everything().filter(({ userName }) => userName !== 'bo');
    const outcome = await send('Update', propertiesOf(NEWEST, changed), before);
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('bo (ws-'), LateUsers: 'none', RefusedUsers: 'nobody (ResourceNotFound.User)' } });
    // The resource for removals is new in this update, so only the clean-up of the next one orders something.
    const next = propertiesOf(NEWEST, changed, { Refresh: '2' });
    await commit(await send('Update', next, propertiesOf(NEWEST, changed)));
    expect(stack.users()).toEqual(['Chen', 'ana', 'dee', 'emil']);
    expect(everything().filter(({ userName }) => userName !== 'emil')).toEqual(kept);
    expect(await send('Delete', propertiesOf(NEWEST, changed))).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('is changed in place by the newest template, and back by the rollback in the old shape', async () => {
    await left(version, 'deployed');
    const world = everything();
    const Settings = before.Settings!.map((each) => ({ ...each, RunningModeAutoStopTimeoutInMinutes: '120' }));
    const after = propertiesOf(NEWEST, DEPLOYED, { Settings, Tags: { department: 'sales', new: 'yes' } });
    expect(await send('Update', after, before)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(stack.present().map(({ properties, tags }) => [properties.RunningModeAutoStopTimeoutInMinutes, tags.new])).toEqual(deployed.map(() => [120, 'yes']));
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
  });

  test('is migrated by the newest template', async () => {
    await left(version, 'deployed');
    const Settings = before.Settings!.map((each) => ({ ...each, BundleId: 'wsb-b0s22j3d7' }));
    expect(await send('Update', propertiesOf(NEWEST, DEPLOYED, { Settings, BundleChange: 'MIGRATE' }), before)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(everything().map(({ userName, bundleId }) => `${userName} ${bundleId}`)).toEqual(deployed.map((user) => `${user} wsb-b0s22j3d7`));
  });

  test('does not change in an update that this handler refuses, and its rollback in the old shape', async () => {
    await left(version, 'deployed');
    const world = everything();
    const after = propertiesOf(NEWEST, [...changed, ['0', 'nemo']]);
    expect(await send('Update', after, before)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nemo (ResourceNotFound.User') });
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
  });

  test('does not change if an update succeeds and another resource fails', async () => {
    await left(version, 'deployed');
    const world = everything();
    const after = propertiesOf(NEWEST, [...DEPLOYED, ['0', 'emil']]);
    expect(await send('Update', after, before)).toMatchObject({ status: 'SUCCESS' });
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
  });

  test('is still protected by the termination limit', async () => {
    await left(version, 'deployed');
    const world = everything();
    expect(await send('Update', propertiesOf(NEWEST, [['0', 'ana', 'nobody']], { TerminationLimit: undefined }), before)).toMatchObject({
      status: 'FAILED', minutes: 0, reason: expect.stringMatching(/3 of 4 users, and terminationLimit allows 1/),
    });
    expect(everything()).toEqual(world);
  });

  test('is rolled back by the event of an older handler', async () => {
    await left(version, 'update-failed');
    const failed = propertiesOf(version, [...DEPLOYED, ['0', 'emil', 'nemo']]);
    const world = everything().filter(({ userName }) => userName !== 'emil');
    expect(await rollBack(failed, before)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
  });

  test('is deleted: nothing of it is left, and everything else stays', async () => {
    await left(version, 'deployed');
    stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'zoe', tags: { [OWN]: '0a0b0c0d-1111-2222-3333-444455556666/deadbeef' } });
    expect(await send('Delete', before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['zoe']);
    expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call'))).toEqual([]);
  });

  test('from a manifest is updated, rolled back and deleted', async () => {
    await left(version, 'deployed-manifest');
    const world = everything();
    const old = manifestOf(version, [['0', 'ana', 'bo'], ['1', 'Chen'], ['0', 'nobody']]).properties;
    const { properties: after, name, text } = manifestOf(NEWEST, [['0', 'ana', 'bo'], ['1', 'Chen', 'dee']]);
    stack.manifests.set(name, text);
    expect(await send('Update', after, old)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none' } });
    expect(stack.users()).toEqual(deployed);
    expect(await rollBack(after, old)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
    expect(await send('Delete', old)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });
});

describe.each(VERSIONS)('version %i is replaced while an event goes on', (version) => {
  const goOn = async (moment: string) => {
    const { event } = await left(version, moment);
    stack.resourceStatus = `${event.RequestType.toUpperCase()}_IN_PROGRESS`;
    return stack.finish(event);
  };

  // The template asks for the number of desktops.
  const ids = (users: readonly string[]) => [`${stack.idsOf(users).filter((id) => id !== undefined).length} WorkSpaces`];

  test('a create', async () => {
    expect(await goOn('creating')).toMatchObject({ status: 'SUCCESS', ids: ids(['ana', 'bo', 'Chen', 'nobody']) });
    expect(stack.made()).toEqual(['Chen', 'ana', 'bo']);
  });

  test('a create that is undone because another resource failed', async () => {
    await left(version, 'creating');
    expect(await send('Delete', propertiesOf(version, DEPLOYED.slice(0, 3)), undefined, 'ROLLBACK_IN_PROGRESS')).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('an update whose step died during a call', async () => {
    expect(await goOn('updating')).toMatchObject({ status: 'SUCCESS', ids: ids(['ana', 'bo', 'Chen', 'nobody', 'dee', 'emil', 'finn']) });
    expect(stack.made()).toEqual([...deployed, 'emil', 'finn']);
  });

  if (version >= 4) {
    test('an update that was only seen', async () => {
      expect(await goOn('update-seen')).toMatchObject({ status: 'SUCCESS', ids: ids(['ana', 'bo', 'Chen', 'nobody', 'dee', 'emil']) });
      expect(stack.made()).toEqual([...deployed, 'emil']);
    });
  }

  test('and its rollback', async () => {
    const { event } = await left(version, 'updating');
    const world = everything().filter(({ userName }) => deployed.includes(userName));
    expect(await rollBack(event.ResourceProperties, event.OldResourceProperties!)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
  });

  test('a delete', async () => {
    expect(await goOn('deleting')).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
    expect((await stack.rows()).filter(({ sk }) => sk.startsWith('call'))).toEqual([]);
  });

  test('the event comes again', async () => {
    const { event } = await left(version, 'updating');
    expect(await stack.begin(event)).toMatchObject({
      Deadline: event.Deadline,
      PhysicalResourceId: event.PhysicalResourceId,
    });
    expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.made()).toEqual([...deployed, 'emil', 'finn']);
  });
});

describe.each(versionsWith('removing'))('version %i is replaced while users who have left the list lose their desktops', (version) => {
  const [before, after] = [propertiesOf(version, DEPLOYED), propertiesOf(version, withoutBo)];

  test('the update goes on', async () => {
    const { event } = await left(version, 'removing');
    const outcome = await stack.finish(event);
    expect(outcome).toMatchObject({ status: 'SUCCESS' });
    await commit(outcome);
    expect(stack.users()).toEqual(['Chen', 'ana', 'dee']);
  });

  test('its rollback names users without a desktop, and the next update makes new ones', async () => {
    await left(version, 'removing');
    const world = everything();
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('bo (') } });
    expect(everything()).toEqual(world);
    expect(await send('Update', { ...before, Refresh: '2' }, before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(deployed);
  });
});

describe.each(versionsWith('released'))('version %i has released a desktop', (version) => {
  const before = propertiesOf(version, DEPLOYED);
  const after = propertiesOf(version, withoutBo, { RemovedUsers: 'RELEASE' });

  test('the rollback leaves it to its user, and names them', async () => {
    await left(version, 'released');
    const ids = stack.idsOf(deployed);
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('bo (') } });
    expect(stack.idsOf(deployed)).toEqual(ids);
  });

  test('a delete leaves it alone', async () => {
    await left(version, 'released');
    expect(await send('Delete', after)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['bo']);
  });
});

describe.each(versionsWith('leaving'))('version %i has noted leavers', (version) => {
  const before = propertiesOf(version, DEPLOYED);
  const after = propertiesOf(version, withoutBo);

  test('the clean-up removes their desktops', async () => {
    const { answer } = await left(version, 'leaving');
    expect((await stack.commit(answer!)).cleanUp).toMatchObject([{ status: 'SUCCESS' }]);
    expect(stack.users()).toEqual(['Chen', 'ana', 'dee']);
  });

  test('the rollback keeps them', async () => {
    await left(version, 'leaving');
    const world = everything();
    expect(await rollBack(after, before)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(everything()).toEqual(world);
  });
});

describe.each(versionsWith('cleaning-up'))('version %i is replaced in a clean-up', (version) => {
  test('the next try goes on', async () => {
    const { answer } = await left(version, 'cleaning-up');
    expect((await stack.commit(answer!)).cleanUp).toMatchObject([{ status: 'SUCCESS' }]);
    expect(stack.users()).toEqual(['Chen', 'ana', 'dee']);
  });
});

describe.each(versionsWith('adopted'))('version %i has adopted a desktop', (version) => {
  test('it is released by a delete, and by a user who leaves the list', async () => {
    const { event } = await left(version, 'adopted');
    const all = event.ResourceProperties;
    const without = { ...all, Users: [{ Settings: '0', UserNames: ['ana'] }, ...all.Users!.slice(1)], TerminationLimit: '0' };
    expect(await send('Update', without, all)).toMatchObject({ status: 'SUCCESS' });
    expect(await rollBack(without, all)).toMatchObject({ status: 'SUCCESS' });
    expect(await send('Delete', all)).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toMatchObject([{ userName: 'bo', tags: { cost: '42' } }]);
    expect(everything()[0].tags).not.toHaveProperty([OWN]);
  });
});

describe.each(versionsWith('changing'))('version %i is replaced while it changes desktops', (version) => {
  const timeouts = () => stack.present().map(({ properties }) => properties.RunningModeAutoStopTimeoutInMinutes);

  test('the update goes on', async () => {
    const { event } = await left(version, 'changing');
    expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(timeouts()).toEqual([120, 120, 120, 120]);
  });

  test('its rollback undoes the changes', async () => {
    const { event } = await left(version, 'changing');
    expect(timeouts()).toContain(120);
    expect(await rollBack(event.ResourceProperties, event.OldResourceProperties!)).toMatchObject({ status: 'SUCCESS' });
    expect(timeouts()).toEqual([60, 60, 60, 60]);
  });
});

describe.each(versionsWith('migrating'))('version %i is replaced while desktops are migrated', (version) => {
  test('the update goes on', async () => {
    const { event } = await left(version, 'migrating');
    expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(everything().map(({ userName, bundleId }) => `${userName} ${bundleId}`)).toEqual(deployed.map((user) => `${user} wsb-b0s22j3d7`));
    expect(stack.calls('MigrateWorkspace')).toBe(0);
  });

  test('a delete terminates both desktops', async () => {
    const { event } = await left(version, 'migrating');
    expect(await send('Delete', event.ResourceProperties)).toMatchObject({ status: 'SUCCESS' });
    await stack.clock.sleep(60 * 60_000);
    expect(stack.users()).toEqual([]);
  });
});

describe.each(versionsWith('all-settings'))('version %i has set every setting of a desktop', (version) => {
  test('the next update finds nothing to change', async () => {
    const { event: { ResourceProperties: all }, answer } = await left(version, 'all-settings');
    const world = everything();
    expect(await send('Update', { ...all, Refresh: '2' }, all)).toMatchObject({ status: 'SUCCESS', data: answer });
    expect(everything()).toEqual(world);
    expect(stack.calls('ModifyWorkspaceProperties')).toBe(0);
  });
});
