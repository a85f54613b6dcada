import { DeregisterWorkspaceDirectoryCommand } from '@aws-sdk/client-workspaces';
import type { FleetEvent } from '../../../lambda/request/events';
import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, Outcome, properties, TestStack } from '../test-stack';

// Mistakes in the template, and damage to what a fleet needs (its ledger, its directory, its assets) between deployments. Each ends with a clear
// sentence or a way to continue, and nobody loses a desktop.

const OWN = 'cdk-bulk-workspaces:fleet';
const ADOPTED = 'cdk-bulk-workspaces:adopted';
const OTHER_BUNDLE = 'wsb-b0s22j3d7';

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], migrateTime: 20 * MINUTE, autoStop: false });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const SETTINGS = { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' };
const before: FleetProperties = { users, settings: SETTINGS, Tags: { team: 'sales' } };
const CHANGES: FleetProperties = { settings: { ...SETTINGS, RunningModeAutoStopTimeoutInMinutes: '120' }, Tags: { team: 'field', new: 'yes' } };

/** Everything that a deployment could change on the existing desktops. */
const everything = () => stack.present().map(({ workspaceId, userName, bundleId, tags, properties: is }) => (
  { userName, workspaceId, bundleId, tags: { ...tags }, minutes: is.RunningModeAutoStopTimeoutInMinutes }
)).sort((a, b) => (a.userName < b.userName ? -1 : 1));
const terminated = () => stack.workspaces.desktops().filter(({ terminatingAt }) => terminatingAt !== undefined).map(({ userName }) => userName);

describe('no users', () => {
  test.each<[string, FleetProperties]>([['an empty list', { users: [] }], ['no list', { users: [], Users: undefined, Settings: undefined }], ['a group of none', {}]])(
    'a create with %s makes nothing, and can be deleted', async (_, none) => {
      expect(await stack.create(none)).toMatchObject({ status: 'SUCCESS', data: { WorkspaceIds: '', RefusedUsers: 'none' }, minutes: 0 });
      expect(await stack.delete(none)).toMatchObject({ status: 'SUCCESS' });
      expect(stack.made()).toEqual([]);
    },
  );

  test.each<[string, FleetProperties]>([['an empty list', { users: [] }], ['no list', { users: [], Users: undefined, Settings: undefined }]])(
    'an update to %s is stopped by the termination limit', async (_, none) => {
      await stack.create(before);
      const world = everything();
      expect(await stack.update(before, none)).toMatchObject({ status: 'FAILED', minutes: 0, reason: expect.stringMatching('3 of 3 users, and terminationLimit allows 1') });
      expect(await stack.rollBack(none, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
      expect(everything()).toEqual(world);
    },
  );
});

describe('a user who is in two fleets of one directory', () => {
  const other = (type: FleetEvent['RequestType'], wanted: FleetProperties, more: Partial<FleetEvent> = {}) => (
    stack.event(type, properties(wanted), { LogicalResourceId: 'Other', PhysicalResourceId: type === 'Create' ? undefined : `${otherId()}/${DIRECTORY}`, ...more })
  );
  const otherId = () => `${stack.fleetId.split('/')[0]}/f97e9da0`;
  const run = async (event: FleetEvent): Promise<Outcome> => {
    stack.status = { Create: 'CREATE_IN_PROGRESS', Update: 'UPDATE_IN_PROGRESS', Delete: 'DELETE_IN_PROGRESS' }[event.RequestType];
    return stack.finish(await stack.begin(event));
  };

  test('the second fleet is refused, with the user\'s name, before it makes a desktop; its delete terminates none, and the first fleet continues', async () => {
    await stack.create(before);
    const world = everything();
    const second = { users: ['Bo', 'dee'] };
    expect(await run(other('Create', second))).toMatchObject({
      status: 'FAILED', minutes: 0, reason: expect.stringMatching(`Bo \\(ResourceExists.*which belongs to the fleet ${stack.fleetId}`),
    });
    expect(await run(other('Delete', second))).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
    expect(await stack.update(before, { ...before, Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.made()).toEqual(users);
  });

  test('an update that adds them to the second one is refused, and its rollback undoes only its own changes', async () => {
    await stack.create(before);
    const first = { users: ['dee'] };
    const more = { users: ['dee', 'emil', 'bo'] };
    expect(await run(other('Create', first))).toMatchObject({ status: 'SUCCESS' });
    const world = everything();
    expect(await run(other('Update', more, { OldResourceProperties: properties(first) }))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ResourceExists') });
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = await stack.begin(other('Update', first, { OldResourceProperties: properties(more) }));
    expect(await stack.finish(back)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['dee']) });
    expect(everything()).toEqual(world);
  });

  test('if that is tolerated, the second one has no desktop for them; if it is deleted, also without its ledger, the first one keeps its desktop', async () => {
    await stack.create(before);
    const world = everything();
    const second = { users: ['bo', 'dee'], FailureTolerance: '1' };
    expect(await run(other('Create', second))).toMatchObject({ status: 'SUCCESS', ids: ['', stack.idsOf(['dee'])[0]], data: { RefusedUsers: 'bo (ResourceExists.WorkSpace)' } });
    await stack.deleteRows(({ pk }) => pk.includes(otherId()));
    expect(await run(other('Delete', second))).toMatchObject({ status: 'SUCCESS' });
    expect(everything()).toEqual(world);
    // The other way round: when the first fleet is deleted, the second one can get them.
    expect(await run(other('Create', second))).toMatchObject({ status: 'SUCCESS' });
    await stack.delete(before);
    expect(stack.users()).toEqual(['dee']);
    expect(await run(other('Update', { ...second, Refresh: '2' }, { OldResourceProperties: properties(second) }))).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['bo', 'dee']) });
  });

  test('a user who moves from one fleet to another in one deployment is refused while they have a desktop, and keeps it', async () => {
    await stack.create(before);
    await run(other('Create', { users: ['dee'] }));
    const world = everything();
    const joined = await stack.begin(stack.updateEvent(before, { ...before, users: ['ana', 'chen', 'nobody'] }));
    expect(await run(other('Update', { users: ['dee', 'bo'] }, { OldResourceProperties: properties({ users: ['dee'] }) }))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('bo (ResourceExists') });
    expect(await stack.finish(joined)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    expect(everything()).toEqual(world);
  });
});

describe('a user who is renamed only in case', () => {
  const renamed = { ...before, users: ['Ana', 'BO', 'chen'] };
  const WRITES = ['CreateWorkspaces', 'TerminateWorkspaces', 'ModifyWorkspaceProperties', 'CreateTags', 'DeleteTags', 'MigrateWorkspace'];

  test.each<[string, (row: Record<string, any>) => boolean]>([['', () => false], [', whose record is lost', () => true]])('keeps their desktop%s, and no call changes anything', async (_, lost) => {
    await stack.create(before);
    const [world, ids] = [everything(), stack.idsOf(users)];
    await stack.deleteRows(lost);
    const calls = WRITES.map((operation) => stack.calls(operation));
    expect(await stack.update(before, { ...renamed, TerminationLimit: '0' })).toMatchObject({ status: 'SUCCESS', ids, data: { RefusedUsers: 'none', LateUsers: 'none' } });
    expect(await stack.rollBack({ ...renamed, TerminationLimit: '0' }, before)).toMatchObject({ status: 'SUCCESS', ids });
    expect(everything()).toEqual(world);
    expect(WRITES.map((operation) => stack.calls(operation))).toEqual(calls);
  });

  test('is still the same user when removed, and when the fleet is deleted', async () => {
    await stack.create(before);
    await stack.update(before, renamed);
    expect(await stack.update(renamed, { ...renamed, users: ['Ana', 'Chen'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana', 'chen']);
    expect(await stack.delete({ ...renamed, users: ['Ana', 'Chen'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });
});

describe('the directory', () => {
  const more = { ...before, users: [...users, 'dee'] };

  /** An administrator deregisters the directory. WorkSpaces allows this only if it has no desktops. */
  async function deregister(): Promise<void> {
    stack.idsOf(users).forEach((id) => stack.workspaces.terminateElsewhere(id!));
    await stack.clock.sleep(10 * MINUTE);
    await stack.console.send(new DeregisterWorkspaceDirectoryCommand({ DirectoryId: DIRECTORY }));
    await stack.clock.sleep(5 * MINUTE);
    expect(stack.users()).toEqual([]);
  }

  test.each(['DEREGISTERED', 'DEREGISTERING', 'ERROR'] as const)('is %s, for whatever reason: nobody new, and those that there are can be changed, removed and deleted', async (state) => {
    await stack.create(before);
    const world = everything();
    stack.workspaces.addDirectory({ directoryId: DIRECTORY, state });
    expect(await stack.update(before, more)).toMatchObject({ status: 'FAILED', minutes: 0, reason: expect.stringContaining(`the directory "${DIRECTORY}" is ${state}`) });
    expect(await stack.rollBack(more, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(everything()).toEqual(world);
    expect(await stack.update(before, { ...before, ...CHANGES })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
    expect(everything().map(({ minutes }) => minutes)).toEqual([120, 120, 120]);
    expect(await stack.update({ ...before, ...CHANGES }, { ...before, ...CHANGES, users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
    expect(await stack.delete({ ...before, users: ['ana', 'bo'] })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('no longer exists, nor do the desktops: an update says so, and its rollback and the delete succeed', async () => {
    await stack.create(before);
    await deregister();
    for (const to of [more, { ...before, Refresh: '2' }]) {
      expect(await stack.update(before, to)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`the directory "${DIRECTORY}" is not registered with WorkSpaces`) });
      expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS' });
    }
    expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.made()).toEqual(users);
  });

  test('no longer exists: removed users are gone, and the others are named', async () => {
    await stack.create(before);
    await deregister();
    const fewer = { ...before, users: ['ana', 'bo'] };
    const outcome = await stack.update(before, fewer);
    expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('is not registered with WorkSpaces') });
    expect(await stack.rollBack(fewer, before)).toMatchObject({ status: 'SUCCESS' });
  });

  test.each<[string, (row: Record<string, any>) => boolean]>([['', () => true], [', but for the row of the fleet', ({ sk }) => sk !== 'fleet']])(
    'no longer exists, nor does the ledger%s: the delete succeeds', async (_, which) => {
      await stack.create(before);
      await deregister();
      await stack.deleteRows(which);
      expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
    },
  );

  test('is removed in the middle of a delete, after the last desktop', async () => {
    await stack.create(before);
    stack.whileWaiting(() => {
      if (stack.workspaces.desktops().every(({ state }) => state === 'GONE')) stack.workspaces.addDirectory({ directoryId: DIRECTORY, state: 'DEREGISTERED' });
    });
    expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  });

  test('is registered again: a refresh makes everybody\'s desktop again', async () => {
    await stack.create(before);
    await deregister();
    stack.workspaces.addDirectory({ directoryId: DIRECTORY });
    const outcome = await stack.update(before, { ...before, Refresh: '2' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(stack.users()).toEqual(users);
  });
});

describe.each(['disabled', 'pending deletion', 'deleted'])('a key that is %s meanwhile', (how) => {
  let wanted: FleetProperties;
  beforeEach(async () => {
    const { arn, keyId } = stack.kms.createKey();
    wanted = { ...before, settings: { ...SETTINGS, VolumeEncryptionKey: arn, RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' } };
    expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS' });
    if (how === 'disabled') stack.kms.disable(keyId);
    else stack.kms.scheduleDeletion(keyId, 7);
    if (how === 'deleted') await stack.clock.sleep(8 * 24 * 60 * MINUTE);
  });

  test('an update with a new user says so before it makes anything, and can be rolled back', async () => {
    const world = everything();
    const more = { ...wanted, users: [...users, 'dee'] };
    const why = { 'disabled': 'is Disabled; WorkSpaces needs an enabled key', 'pending deletion': 'is PendingDeletion; WorkSpaces needs an enabled key', 'deleted': 'does not exist' }[how]!;
    expect(await stack.update(wanted, more)).toMatchObject({ status: 'FAILED', minutes: 0, reason: expect.stringMatching(`the volume encryption key .* ${why}`) });
    expect(await stack.rollBack(more, wanted)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(everything()).toEqual(world);
    expect(stack.made()).toEqual(users);
  });

  test('desktops are still changed in place, removed, released and deleted', async () => {
    const ids = stack.idsOf(users);
    const changed: FleetProperties = { ...wanted, settings: { ...wanted.settings, ...CHANGES.settings }, Tags: CHANGES.Tags };
    expect(await stack.update(wanted, changed)).toMatchObject({ status: 'SUCCESS', ids, data: { Notices: 'none' } });
    expect(everything().map(({ minutes, tags }) => [minutes, tags.team])).toEqual(users.map(() => [120, 'field']));
    const two = { ...changed, users: ['ana', 'bo'] };
    expect(await stack.update(changed, two)).toMatchObject({ status: 'SUCCESS', ids: ids.slice(0, 2) });
    expect(stack.users()).toEqual(['ana', 'bo']);
    const one: FleetProperties = { ...two, users: ['ana'], RemovedUsers: 'RELEASE' };
    expect(await stack.update(two, one)).toMatchObject({ status: 'SUCCESS', ids: ids.slice(0, 1) });
    expect(await stack.delete(one)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['bo']);
  });

  test('if the service cannot migrate, users keep their desktops, and are named', async () => {
    const ids = stack.idsOf(users);
    const to: FleetProperties = { ...wanted, settings: { ...wanted.settings, BundleId: OTHER_BUNDLE }, BundleChange: 'MIGRATE' };
    const outcome = await stack.update(wanted, to);
    expect(`${outcome.status === 'SUCCESS' ? outcome.data.RefusedUsers : outcome.reason}`).toMatch(/ana .*bo .*chen /);
    expect(stack.idsOf(users)).toEqual(ids);
    expect(terminated()).toEqual([]);
    expect(stack.made()).toEqual(users);
  });

  test('a replacement terminates no desktop, because no new one could be made', async () => {
    const ids = stack.idsOf(users);
    const to: FleetProperties = { ...wanted, settings: { ...wanted.settings, BundleId: OTHER_BUNDLE }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' };
    expect(await stack.update(wanted, to)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the volume encryption key') });
    expect(await stack.rollBack(to, wanted)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.idsOf(users)).toEqual(ids);
    expect(terminated()).toEqual([]);
  });
});

describe.each(['MIGRATE', 'REPLACE'] as const)('%s to a bundle that there is not', (BundleChange) => {
  const to: FleetProperties = { ...before, settings: { ...SETTINGS, BundleId: 'wsb-00000000' }, BundleChange, TerminationLimit: 'unlimited' };
  beforeEach(async () => {
    await stack.stop();
    stack = await TestStack.startQuick({ bundles: [{ bundleId: BUNDLE }] });
    await stack.create(before);
  });

  test('changes nothing, and says so', async () => {
    const world = everything();
    expect(await stack.update(before, to)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the bundle "wsb-00000000" (of ana) does not exist') });
    expect(everything()).toEqual(world);
    expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    expect(terminated()).toEqual([]);
  });

  test('also if a new user gets another bundle, which exists', async () => {
    const ids = stack.idsOf(users);
    const mixed: FleetProperties = { ...to, Users: [{ Settings: '0', UserNames: users }, { Settings: '1', UserNames: ['dee'] }], Settings: [{ ...SETTINGS, BundleId: 'wsb-00000000' }, { BundleId: BUNDLE }] };
    expect(await stack.update(before, mixed)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the bundle "wsb-00000000" (of ana) does not exist') });
    expect(await stack.rollBack(mixed, before)).toMatchObject({ status: 'SUCCESS', ids });
    expect(stack.users()).toEqual(users);
    expect(terminated()).toEqual(['dee']);
  });
});

describe('rows of the ledger are deleted by hand', () => {
  const WHICH: Record<string, (row: Record<string, any>) => boolean> = {
    'all rows': () => true,
    'the row of the fleet': ({ sk }) => sk === 'fleet',
    'the rows of the calls': ({ sk }) => sk.startsWith('call#'),
    'the row of the lease': ({ sk }) => sk === 'lease',
  };
  /** The number of steps before the damage: before the first, during the first part of the work, and during the last. */
  const WHEN: readonly (readonly [string, number])[] = [
    ['all rows', 0], ['all rows', 2], ['the row of the fleet', 1], ['the rows of the calls', 0], ['the rows of the calls', 1], ['the rows of the calls', 2], ['the row of the lease', 1],
  ];
  /** What an update asks for, and the result. */
  const UPDATES: Record<string, { readonly to: FleetProperties; readonly users: readonly string[]; readonly undoable: boolean }> = {
    'adds a user': { to: { ...before, users: [...users, 'dee'] }, users: [...users, 'dee', 'emil'], undoable: true },
    'removes a user': { to: { ...before, users: ['ana', 'bo'] }, users: ['ana', 'bo', 'emil'], undoable: true },
    'changes desktops in place': { to: { ...before, ...CHANGES }, users: [...users, 'emil'], undoable: true },
    'migrates': { to: { ...before, settings: { ...SETTINGS, BundleId: OTHER_BUNDLE }, BundleChange: 'MIGRATE' }, users: [...users, 'emil'], undoable: false },
    'adopts': { to: { ...before, users: [...users, 'emil'], ExistingWorkspaces: { Adopt: 'UNOWNED' } }, users: [...users, 'emil'], undoable: true },
  };

  let emil: string;
  beforeEach(async () => {
    emil = stack.workspaces.createElsewhere({
      directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'emil', tags: { cost: '42', team: 'sales' }, properties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 },
    });
    await stack.create(before);
  });
  // Whatever happens to a ledger, adopted desktops stay.
  afterEach(() => {
    expect(stack.idsOf(['emil'])).toEqual([emil]);
    expect(stack.present().find(({ userName }) => userName === 'emil')!.tags).toMatchObject({ cost: '42' });
  });

  const leaves = (name: string) => name === 'removes a user';
  const noticesOf = (name: string) => (leaves(name) ? expect.stringContaining('left the list') : 'none');
  const isAsWanted = (name: string) => {
    const now = everything();
    expect(now.map(({ userName }) => userName)).toEqual([...UPDATES[name].users].sort());
    const { settings, Tags } = UPDATES[name].to;
    const ofFleet = now.filter(({ tags }) => tags[OWN] === stack.fleetId);
    expect(ofFleet.map(({ userName }) => userName)).toEqual(properties(UPDATES[name].to).Users![0].UserNames);
    for (const { bundleId, minutes, tags } of ofFleet) {
      const asked = { bundleId: settings?.BundleId ?? BUNDLE, minutes: Number(settings?.RunningModeAutoStopTimeoutInMinutes), tags: Tags };
      expect({ bundleId, minutes, tags }).toMatchObject(asked);
    }
  };
  const nothingIsLeft = async (last: FleetProperties) => {
    expect(await stack.delete(last)).toMatchObject({ status: 'SUCCESS' });
    await stack.clock.sleep(60 * MINUTE);
    expect(stack.users()).toEqual(['emil']);
    expect(Object.keys(everything()[0].tags)).not.toEqual(expect.arrayContaining([OWN]));
    expect(Object.keys(everything()[0].tags)).not.toEqual(expect.arrayContaining([ADOPTED]));
  };

  describe.each(Object.keys(UPDATES))('and an update %s', (name) => {
    const { to, undoable } = UPDATES[name];

    test.each(Object.keys(WHICH))('%s, before it: it does its work, and its rollback undoes what it can', async (which) => {
      const world = everything();
      await stack.deleteRows(WHICH[which]);
      expect(await stack.updateFleet(before, to)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none', Notices: noticesOf(name) } });
      if (!leaves(name)) isAsWanted(name);
      await stack.deleteRows(WHICH[which]);
      expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS' });
      if (undoable) expect(everything().map((each) => ({ ...each, tags: { ...each.tags, team: 'sales' } }))).toEqual(world);
      await nothingIsLeft(before);
    });

    test.each(WHEN)(
      '%s, after %i of its steps: it says so, or comes to its end; nobody loses what they were to keep', async (which, steps) => {
        const world = everything();
        stack.status = 'UPDATE_IN_PROGRESS';
        const update = await stack.begin(stack.updateEvent(before, to));
        for (let i = 0; i < steps; i++) {
          await stack.poll(update);
          await stack.clock.sleep(MINUTE / 2);
        }
        const wasChanged = JSON.stringify(everything()) !== JSON.stringify(world);
        await stack.deleteRows(WHICH[which]);
        const outcome = await stack.finish(update);
        if (outcome.status === 'SUCCESS') {
          await stack.commit(outcome.data);
          isAsWanted(name);
        } else {
          expect(outcome.reason).toContain('the ledger of this fleet was deleted while its Update was running');
          expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS' });
          if (undoable || !wasChanged) expect(everything().map((each) => ({ ...each, tags: { ...each.tags, team: 'sales' } }))).toEqual(world);
          expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'none', LateUsers: 'none' } });
          isAsWanted(name);
        }
        await nothingIsLeft(to);
      },
    );
  });

  test.each(WHEN)('%s, after %i steps of a delete', async (which, steps) => {
    stack.status = 'DELETE_IN_PROGRESS';
    const remove = await stack.begin(stack.event('Delete', properties(before), { PhysicalResourceId: stack.physicalId }));
    for (let i = 0; i < steps; i++) {
      await stack.poll(remove);
      await stack.clock.sleep(MINUTE / 2);
    }
    await stack.deleteRows(WHICH[which]);
    const outcome = await stack.finish(remove);
    if (outcome.status === 'FAILED') expect(outcome.reason).toContain('the ledger of this fleet was deleted while its Delete was running');
    await nothingIsLeft(before);
  });

  test.each(WHEN)('%s, after %i steps of a rollback', async (which, steps) => {
    const world = everything();
    const failed: FleetProperties = { ...before, ...CHANGES, users: [...users, 'dee', 'nobody'] };
    expect(await stack.update(before, failed)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = await stack.begin(stack.updateEvent(failed, before));
    for (let i = 0; i < steps; i++) {
      await stack.poll(back);
      await stack.clock.sleep(MINUTE / 2);
    }
    await stack.deleteRows(WHICH[which]);
    const outcome = await stack.finish(back);
    if (outcome.status === 'FAILED') {
      expect(outcome.reason).toContain('the ledger of this fleet was deleted while its Update was running');
      // The same event as from continue-update-rollback.
      expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users) });
    }
    expect(everything()).toEqual(world);
    await nothingIsLeft(before);
  });

  test.each(Object.keys(WHICH))('%s, of a fleet that has adopted: it stays adopted, in any event', async (which) => {
    const { to } = UPDATES.adopts;
    await stack.update(before, to);
    await stack.deleteRows(WHICH[which]);
    const bundle: FleetProperties = { ...to, settings: { ...SETTINGS, BundleId: OTHER_BUNDLE }, BundleChange: 'REPLACE', TerminationLimit: '3' };
    expect(await stack.update(to, bundle)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'emil: was adopted and keeps its bundle' } });
    expect(terminated()).not.toContain('emil');
    await stack.deleteRows(WHICH[which]);
    const without = { ...bundle, users, TerminationLimit: '0' };
    expect(await stack.update(bundle, without)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present().find(({ userName }) => userName === 'emil')!.tags).not.toHaveProperty([ADOPTED]);
    await nothingIsLeft(without);
  });
});
