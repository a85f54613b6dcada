import { STEP_TIMEOUT_SECONDS } from '../../../src/private/contract';
import { BUNDLE, DIRECTORY, FleetProperties, MINUTE, names, properties, SECOND, TestStack } from '../test-stack';

// Two things that happen at the same time. These faults were found by reading the handler for cases that its tests did not try.

const NEW = 'wsb-b0s22j3d7';
const OWN = 'cdk-bulk-workspaces:fleet';
const ADOPTED = 'cdk-bulk-workspaces:adopted';
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let stack: TestStack;
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'], buildTime: MINUTE, migrateTime: 20 * MINUTE, autoStop: false });
});
afterEach(() => stack.stop());

const users = ['ana', 'bo', 'chen'];

test('a rollback after an update whose removal could not be finished', async () => {
  const five = { users: ['ana', 'bo', 'chen'], TerminationLimit: 'unlimited', TimeoutSeconds: '900' };
  await stack.create(five);
  const [, bo] = stack.idsOf(five.users);
  await stack.clock.sleep(20 * MINUTE);
  const one = { ...five, users: ['ana'] };
  // bo's desktop is suspended right after the handler has checked that it can be terminated
  let done = false;
  stack.whileCalling('TerminateWorkspaces', () => { if (!done) { done = true; stack.workspaces.others.suspend(bo!); } });
  const first = await stack.update(five, one);
  expect(first).toMatchObject({ status: 'SUCCESS' });
  const failed = { ...one, users: ['ana', 'nobody'] };
  expect(await stack.update(one, failed)).toMatchObject({ status: 'FAILED' });
  const back = await stack.rollBack(failed, one);
  expect(back).toMatchObject({ status: 'SUCCESS' });
});

test.each(['REPLACE', 'MIGRATE'] as const)('%s, a step that dies after it has settled does not touch what the update has come upon', async (BundleChange) => {
  const before: FleetProperties = { users: ['bo'], settings: { BundleId: NEW }, BundleChange };
  await stack.create(before);
  const ana = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: { [OWN]: stack.fleetId } });
  const to = { ...before, users: ['ana', 'bo'] };
  stack.status = 'UPDATE_IN_PROGRESS';
  const event = await stack.begin(stack.updateEvent(before, to));
  // The answer of a step that is done is lost.
  let answered = false;
  for (let i = 0; i < 100 && !answered; i++) {
    const result = await stack.step(event);
    answered = result.Status !== 'NOT_YET';
    await stack.clock.sleep(MINUTE / 2);
  }
  expect(await stack.finish(event)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.idsOf(['ana'])).toEqual([ana]);
});

test('a migration that did not begin, because a late user used up the time, is named', async () => {
  const before: FleetProperties = { users: ['ana'] };
  await stack.create(before);
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  const outcome = await stack.update(before, { users: ['ana', 'bo'], settings: { BundleId: NEW }, BundleChange: 'MIGRATE', TimeoutSeconds: '1800' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { LateUsers: 'bo', Notices: expect.stringContaining('ana') } });
});

test('and also if something else is left for later', async () => {
  const before: FleetProperties = { users: ['ana'] };
  await stack.create(before);
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  const settings = { BundleId: NEW, ComputeTypeName: 'POWER' };
  const outcome = await stack.update(before, { users: ['ana', 'bo'], settings, BundleChange: 'MIGRATE', TimeoutSeconds: '1800' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/ana: ComputeTypeName POWER from .*, ana: keeps its bundle until the next deployment/) } });
});

test('a rollback gets the time that it needs to remove what was made, with any timeout', async () => {
  const before: FleetProperties = { users: ['ana'], TimeoutSeconds: '240' };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  const to: FleetProperties = { ...before, users: ['ana', 'bo'] };
  expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS' });
  const back = await stack.rollBack(to, before);
  expect(back).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['ana']);
});

test('an update over a lost fleet row, cancelled before its first step, terminates nothing', async () => {
  const before: FleetProperties = { users, TerminationLimit: '0' };
  await stack.create(before);
  const ids = stack.idsOf(users);
  await stack.clock.sleep(DAY);
  await stack.deleteRows(({ sk }) => sk === 'fleet');
  const event = await stack.begin(stack.updateEvent(before, { ...before, users: ['ana'] }));
  stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  for (let i = 0; i < 3; i++) { try { await stack.poll(event); } catch { /* refused */ } await stack.clock.sleep(MINUTE / 2); }
  expect(stack.idsOf(users)).toEqual(ids);
});

test('a delete with an invented id, whose create never came, leaves retained desktops', async () => {
  await stack.create({ users: ['ana'] });
  const ids = stack.idsOf(['ana']);
  await stack.clock.sleep(30 * DAY);
  // the fleet is retained, and comes back; the event of its create is lost (throttled), and another resource fails
  await stack.delete({ users: ['ana'] }, 'Test-Fleet-1ABCDEFGH', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  expect(stack.idsOf(['ana'])).toEqual(ids);
});

test('the fleet row is lost between a failed create over a retained fleet and its delete', async () => {
  // the desktop was kept, and the ledger has forgotten it: only the tag says whose it is
  const ana = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: { [OWN]: stack.fleetId } });
  const failed = { users: ['ana', 'nobody'] };
  expect(await stack.create(failed)).toMatchObject({ status: 'FAILED' });
  await stack.deleteRows(({ sk }) => sk === 'fleet');
  await stack.delete(failed, stack.physicalId, 'ROLLBACK_IN_PROGRESS');
  expect(stack.idsOf(['ana'])).toEqual([ana]);
});

test('a rollback does not restore a running mode that an old update has noted', async () => {
  const before: FleetProperties = { users: ['ana'] };
  await stack.create(before);
  const [ana] = stack.idsOf(['ana']);
  const mode = () => stack.present().find(({ userName }) => userName === 'ana')!.properties.RunningMode;
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  const late: FleetProperties = { users: ['ana', 'bo'], settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' }, LateWorkspaces: 'FAIL', TimeoutSeconds: '1800' };
  expect(await stack.update(before, late)).toMatchObject({ status: 'FAILED' });
  expect(mode()).toBe('AUTO_STOP');
  expect(await stack.rollBack(late, before)).toMatchObject({ status: 'SUCCESS' });
  expect(mode()).toBe('ALWAYS_ON');
  await stack.clock.sleep(DAY);
  stack.workspaces.others.changeRunningMode(ana!, 'AUTO_STOP', 60);
  const failed: FleetProperties = { users: ['ana', 'nobody'] };
  expect(await stack.update(before, failed)).toMatchObject({ status: 'FAILED' });
  expect(mode()).toBe('AUTO_STOP');
  const calls = stack.calls('ModifyWorkspaceProperties');
  expect(await stack.rollBack(failed, before)).toMatchObject({ status: 'SUCCESS' });
  expect(mode()).toBe('AUTO_STOP');
  expect(stack.calls('ModifyWorkspaceProperties')).toBe(calls);
});

test('denied in the middle of removals: the update succeeds and names them', async () => {
  const all = names(60);
  await stack.create({ users: all });
  await stack.clock.sleep(20 * MINUTE);
  let count = 0;
  stack.denies = ({ operation }) => operation === 'TerminateWorkspaces' && ++count > 1;
  const outcome = await stack.update({ users: all }, { users: all.slice(0, 10), TerminationLimit: 'unlimited' });
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('denied in the middle of migrations: the update succeeds and names them', async () => {
  await stack.create({ users });
  await stack.clock.sleep(20 * MINUTE);
  let count = 0;
  stack.denies = ({ operation }) => operation === 'MigrateWorkspace' && ++count > 1;
  const outcome = await stack.update({ users }, { users, settings: { BundleId: NEW }, BundleChange: 'MIGRATE' });
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('DescribeStacks fails once in the rollback of an update that had grown volumes', async () => {
  const before: FleetProperties = { users, settings: { UserVolumeSizeGib: '50', RootVolumeSizeGib: '80' } };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  await stack.clock.sleep(7 * HOUR);
  const to: FleetProperties = { users, settings: { UserVolumeSizeGib: '100', RootVolumeSizeGib: '80' } };
  expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS' });
  stack.inject({ operation: 'DescribeStacks', how: 'throttle', times: 1 });
  const outcome = await stack.rollBack(to, before);
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('DescribeStacks fails once in the rollback of an update whose bundle was for new users only', async () => {
  const before: FleetProperties = { users };
  await stack.create(before);
  const to: FleetProperties = { users, settings: { BundleId: NEW }, BundleChange: 'MIGRATE' };
  expect(await stack.update(before, to)).toMatchObject({ status: 'SUCCESS' });
  stack.inject({ operation: 'DescribeStacks', how: 'throttle', times: 1 });
  const outcome = await stack.rollBack(to, before);
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
});

test('a throttled change is asked for again at once', async () => {
  const before: FleetProperties = { users: ['ana'], settings: { RunningMode: 'ALWAYS_ON' } };
  await stack.create(before);
  let until = stack.clock.now() + 40_000;
  stack.denies = ({ operation }) => operation === 'ModifyWorkspaceProperties' && stack.clock.now() < until;
  const outcome = await stack.update(before, { users: ['ana'], settings: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '60' } });
  expect(outcome).toMatchObject({ status: 'SUCCESS' });
  expect(outcome.minutes).toBeLessThan(3);
});

test('the same key by another name does not replace anybody', async () => {
  const key = 'arn:aws:kms:us-east-1:123456789012:alias/aws/workspaces';
  const base = { RootVolumeEncryptionEnabled: 'true' } as const;
  const before: FleetProperties = { users, settings: { ...base, VolumeEncryptionKey: 'alias/aws/workspaces' }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  const ids = stack.idsOf(users);
  expect(await stack.update(before, { ...before, settings: { ...base, VolumeEncryptionKey: key } })).toMatchObject({ status: 'SUCCESS' });
  expect(stack.idsOf(users)).toEqual(ids);
});

test('a desktop that disappears between ready and its migration', async () => {
  await stack.create({ users });
  const [ana] = stack.idsOf(['ana']);
  stack.whileCalling('DescribeWorkspaceBundles', () => { stack.workspaces.terminateElsewhere(ana!); });
  const outcome = await stack.update({ users }, { users, settings: { BundleId: NEW }, BundleChange: 'MIGRATE' });
  expect((outcome as any).ids).not.toContain(ana);
});

test('volumes whose change has not begun are not reported as changing', async () => {
  const before: FleetProperties = { users: ['ana'] };
  await stack.create(before);
  await stack.clock.sleep(7 * HOUR);
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  const outcome = await stack.update(before, { users: ['ana', 'bo'], settings: { UserVolumeSizeGib: '100' }, TimeoutSeconds: '1800' });
  expect(stack.calls('ModifyWorkspaceProperties')).toBe(0);
  expect((outcome as any).data.Notices).not.toMatch(/ana: UserVolumeSizeGib still being changed/);
});

test('a desktop that is found with larger volumes than asked for is accepted', async () => {
  stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'ana', tags: { [OWN]: stack.fleetId }, properties: { UserVolumeSizeGib: 100, RootVolumeSizeGib: 80 } } as any);
  const before: FleetProperties = { users: ['dee'], settings: { UserVolumeSizeGib: '50', RootVolumeSizeGib: '80' } };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  expect(await stack.update(before, { ...before, users: ['dee', 'ana', 'bo'] })).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
});

test('a release of 25 with slow calls: no step takes longer than Lambda allows', async () => {
  const before: FleetProperties = { users: names(26), RemovedUsers: 'RELEASE' };
  await stack.create(before);
  await stack.clock.sleep(DAY);
  const updated = await stack.updateFleet(before, { ...before, users: ['user000'] });
  if (updated.status === 'FAILED') throw new Error(updated.reason);
  for (const operation of ['DescribeTags', 'DeleteTags', 'DescribeWorkspaces']) stack.inject({ operation, how: 'slow', ms: 4000, times: 100_000 });
  const step = stack.step.bind(stack);
  const lengths: number[] = [];
  stack.step = async (event) => {
    const began = stack.clock.now();
    const result = await step(event);
    lengths.push(stack.clock.now() - began);
    return result;
  };
  expect(await stack.commit(updated.data)).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(Math.max(...lengths)).toBeLessThan(STEP_TIMEOUT_SECONDS * SECOND);
  expect(stack.present().filter(({ tags }) => OWN in tags)).toHaveLength(1);
});

test('a replacement does not begin after the time is up because of a late user: everybody keeps their desktop', async () => {
  const before: FleetProperties = { users: ['ana'] };
  await stack.create(before);
  stack.workspaces.configure({ buildTime: 300 * MINUTE });
  expect(await stack.update(before, { users: ['ana', 'bo'], settings: { BundleId: NEW }, BundleChange: 'REPLACE', TimeoutSeconds: '1800' }))
    .toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringContaining('ana: keeps its bundle until the next deployment') } });
  expect(stack.users()).toContain('ana');
});

test('a fleet whose ledger was lost, one desktop UNHEALTHY: an update about nothing does not take its whole time', async () => {
  const before: FleetProperties = { users };
  await stack.create(before);
  stack.workspaces.others.ail(stack.idsOf(['bo'])[0]!);
  expect(await stack.update(before, { ...before, Refresh: '1' })).toMatchObject({ status: 'SUCCESS', minutes: 0 });
  await stack.deleteRows(() => true);
  const outcome = await stack.update({ ...before, Refresh: '1' }, { ...before, Refresh: '2' });
  expect(outcome.minutes).toBeLessThan(20);
});

test('a delete over a lost ledger, with users who were refused within the tolerance or removed, ends soon', async () => {
  const before: FleetProperties = { users: [...users, 'nobody'], FailureTolerance: '1' };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  await stack.deleteRows(() => true);
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('tags were added, and the removal of others is refused: a rollback removes the new ones', async () => {
  const before: FleetProperties = { users: ['ana'], Tags: { team: 'sales' } };
  await stack.create(before);
  let refuses = true;
  stack.answers((api) => ({ untag: (id, keys) => (refuses ? Promise.reject(Object.assign(new Error('no'), { name: 'InvalidParameterValuesException', $metadata: { httpStatusCode: 400 } })) : api.untag(id, keys)) }));
  const to: FleetProperties = { users: ['ana'], Tags: { site: 'x' } };
  const outcome = await stack.update(before, to);
  expect(outcome).toMatchObject({ status: 'FAILED' });
  refuses = false;
  expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.present()[0].tags).toEqual({ [OWN]: stack.fleetId, team: 'sales' });
});

test('the token of a page has expired when the next step goes on', async () => {
  for (const user of names(4_000, 500)) stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: user });
  let step = 0;
  const given = new Map<string, number>();
  stack.answers((api) => ({
    page: async (directory, token) => {
      if (token !== undefined && given.get(token) !== step) throw Object.assign(new Error('The token has expired'), { name: 'InvalidParameterValuesException', $metadata: { httpStatusCode: 400 } });
      const answer = await api.page(directory, token);
      if (answer.token) given.set(answer.token, step);
      return answer;
    },
  }));
  const event = await stack.begin(stack.event('Create', properties({ users: names(150) })));
  let outcome: unknown;
  for (let i = 0; i < 110 && !outcome; i++) {
    step++;
    try { const { IsComplete, Data } = await stack.poll(event); if (IsComplete) outcome = Data; } catch (error) { outcome = error; }
    await stack.clock.sleep(MINUTE / 2);
  }
  expect(outcome).not.toBeInstanceOf(Error);
}, 60_000);

test('a row of the ledger does not grow with every deployment that changes a tag', async () => {
  const members = names(25);
  const own = (user: string) => Object.fromEntries(Array.from({ length: 30 }, (_, k) => [`cost-centre-${k}`, `of ${user} number ${k} ${'x'.repeat(60)}`]));
  const at = (version: number): FleetProperties => ({
    Users: members.map((user, i) => ({ Settings: String(i), UserNames: [user] })),
    Settings: members.map((user) => ({ BundleId: BUNDLE, Tags: own(user) })),
    Tags: { version: `${version}` },
  });
  const size = async () => Math.max(...(await stack.rows()).map(({ settings = '' }) => settings.length));
  expect(await stack.create(at(1))).toMatchObject({ status: 'SUCCESS' });
  const before = await size();
  for (let i = 2; i <= 4; i++) expect(await stack.update(at(i - 1), at(i))).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(await size()).toBe(before);
});

test('adopt, remove, rollback, over lost call rows between the event and the rollback', async () => {
  const bo = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'bo', tags: { cost: '1' } });
  const before: FleetProperties = { users: ['ana', 'bo'], ExistingWorkspaces: { Adopt: 'UNOWNED' }, TerminationLimit: 'unlimited' };
  expect(await stack.create(before)).toMatchObject({ status: 'SUCCESS' });
  const to = { ...before, users: ['ana', 'nobody'] };
  expect(await stack.update(before, to)).toMatchObject({ status: 'FAILED' });
  await stack.deleteRows(({ sk }) => sk.startsWith('call'));
  expect(await stack.rollBack(to, before)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(['ana', 'bo']) });
  expect(stack.workspaces.tagsOf(bo)).toMatchObject({ [OWN]: stack.fleetId, [ADOPTED]: 'true' });
  expect(await stack.delete(before)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.workspaces.tagsOf(bo)).toEqual({ cost: '1' });
});
