import {
  DescribeWorkspacesConnectionStatusCommand, ModifyWorkspaceStateCommand, RebootWorkspacesCommand, RebuildWorkspacesCommand, RestoreWorkspaceCommand,
  StartWorkspacesCommand, StopWorkspacesCommand, WorkspaceState,
} from '@aws-sdk/client-workspaces';
import { BUNDLE, client, clock, createOne, describeOne, DIRECTORY, MINUTE, SECOND, service, start, terminate } from './harness';

const TIMES = { stopTime: MINUTE, startTime: 90 * SECOND, rebootTime: 5 * MINUTE, rebuildTime: 30 * MINUTE, restoreTime: 20 * MINUTE };

let id: string;

async function desktop(RunningMode: 'AUTO_STOP' | 'ALWAYS_ON' = 'AUTO_STOP'): Promise<void> {
  await start(TIMES);
  id = service.createElsewhere({
    directoryId: DIRECTORY,
    userName: 'alice',
    bundleId: BUNDLE,
    properties: { RunningMode, RunningModeAutoStopTimeoutInMinutes: RunningMode === 'AUTO_STOP' ? 60 : undefined },
  });
}

const state = async () => (await describeOne(id))?.State;
const requests = () => [{ WorkspaceId: id }];

/** The actions of an administrator, through the API and in the console. */
const ACTIONS = {
  stop: [() => client.send(new StopWorkspacesCommand({ StopWorkspaceRequests: requests() })), () => service.others.stop(id)],
  start: [() => client.send(new StartWorkspacesCommand({ StartWorkspaceRequests: requests() })), () => service.others.start(id)],
  reboot: [() => client.send(new RebootWorkspacesCommand({ RebootWorkspaceRequests: requests() })), () => service.others.reboot(id)],
  rebuild: [() => client.send(new RebuildWorkspacesCommand({ RebuildWorkspaceRequests: requests() })), () => service.others.rebuild(id)],
} as const;

test.each<[keyof typeof ACTIONS, WorkspaceState, WorkspaceState, number, WorkspaceState]>([
  ['stop', 'AVAILABLE', 'STOPPING', MINUTE, 'STOPPED'],
  ['start', 'STOPPED', 'STARTING', 90 * SECOND, 'AVAILABLE'],
  ['reboot', 'UNHEALTHY', 'REBOOTING', 5 * MINUTE, 'AVAILABLE'],
  ['rebuild', 'ERROR', 'REBUILDING', 30 * MINUTE, 'AVAILABLE'],
])('%s, from %s: %s for a while, through the API or in the console', async (action, from, through, time, to) => {
  for (const act of ACTIONS[action]) {
    await desktop();
    service.setState(id, from);
    expect((await act())?.FailedRequests ?? []).toEqual([]);
    expect(await state()).toBe(through);
    await clock.sleep(time - 1);
    expect(await state()).toBe(through);
    await clock.sleep(1);
    expect(await state()).toBe(to);
  }
});

test.each<[keyof typeof ACTIONS, WorkspaceState[]]>([
  ['stop', ['STOPPED', 'ADMIN_MAINTENANCE', 'PENDING', 'REBOOTING']],
  ['start', ['AVAILABLE', 'ADMIN_MAINTENANCE', 'ERROR']],
  ['reboot', ['STOPPED', 'ADMIN_MAINTENANCE', 'ERROR']],
  ['rebuild', ['ADMIN_MAINTENANCE', 'PENDING', 'SUSPENDED']],
])('%s is refused in the states %j', async (action, states) => {
  await desktop();
  const [inApi, inConsole] = ACTIONS[action];
  for (const each of states) {
    service.setState(id, each as any);
    expect((await inApi())!.FailedRequests).toMatchObject([{ WorkspaceId: id, ErrorCode: 'InvalidResourceState.WorkSpace', ErrorMessage: expect.stringContaining(each) }]);
    expect(inConsole).toThrow(each);
    expect(await state()).toBe(each);
  }
});

test('an ALWAYS_ON desktop is neither stopped nor started', async () => {
  await desktop('ALWAYS_ON');
  expect((await ACTIONS.stop[0]()).FailedRequests).toMatchObject([{ ErrorMessage: expect.stringContaining('ALWAYS_ON') }]);
  service.setState(id, 'STOPPED');
  expect((await ACTIONS.start[0]()).FailedRequests).toHaveLength(1);
});

test('an unknown id is answered among what failed, or as an error of the call that has one id', async () => {
  await desktop();
  id = 'ws-00000000a';
  for (const [inApi] of Object.values(ACTIONS)) expect((await inApi()).FailedRequests).toMatchObject([{ WorkspaceId: id, ErrorCode: '400' }]);
  await expect(client.send(new RestoreWorkspaceCommand({ WorkspaceId: id }))).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: id });
  expect(() => service.others.stop(id)).toThrow('there is no desktop ws-00000000a');
});

test('only one desktop is rebuilt in a call', async () => {
  await desktop();
  const two = new RebuildWorkspacesCommand({ RebuildWorkspaceRequests: [...requests(), ...requests()] });
  await expect(client.send(two)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a desktop is restored from some states', async () => {
  await desktop();
  const restore = () => client.send(new RestoreWorkspaceCommand({ WorkspaceId: id }));
  service.setState(id, 'ADMIN_MAINTENANCE');
  await expect(restore()).rejects.toMatchObject({ name: 'OperationNotSupportedException' });
  service.setState(id, 'UNHEALTHY');
  await restore();
  expect(await state()).toBe('RESTORING');
  await clock.sleep(20 * MINUTE);
  expect(await state()).toBe('AVAILABLE');
});

test('a desktop in an administrator\'s maintenance is not stopped; after it, the timeout starts again', async () => {
  await desktop();
  const put = (to: 'AVAILABLE' | 'ADMIN_MAINTENANCE') => client.send(new ModifyWorkspaceStateCommand({ WorkspaceId: id, WorkspaceState: to }));
  await put('ADMIN_MAINTENANCE');
  await put('ADMIN_MAINTENANCE');
  await clock.sleep(120 * MINUTE);
  expect(await state()).toBe('ADMIN_MAINTENANCE');
  await put('AVAILABLE');
  await clock.sleep(60 * MINUTE - 1);
  expect(await state()).toBe('AVAILABLE');
  await clock.sleep(1);
  expect(await state()).toBe('STOPPING');
  await expect(put('ADMIN_MAINTENANCE')).rejects.toMatchObject({ name: 'InvalidResourceStateException', message: expect.stringContaining('STOPPING') });
  await expect(put('STOPPED' as any)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('maintenance, image creation and bad health come and go', async () => {
  await desktop();
  const { others } = service;
  const pairs: [() => void, WorkspaceState, () => void][] = [
    [() => others.beginAdminMaintenance(id), 'ADMIN_MAINTENANCE', () => others.endAdminMaintenance(id)],
    [() => others.beginMaintenance(id), 'MAINTENANCE', () => others.endMaintenance(id)],
    [() => others.suspend(id), 'SUSPENDED', () => others.release(id)],
    [() => others.ail(id), 'UNHEALTHY', () => others.recover(id)],
    [() => others.ail(id, 'IMPAIRED'), 'IMPAIRED', () => others.recover(id)],
  ];
  for (const [begin, meanwhile, end] of pairs) {
    begin();
    expect(await state()).toBe(meanwhile);
    expect(begin).toThrow(`${id} cannot become ${meanwhile} from ${meanwhile}`);
    end();
    expect(await state()).toBe('AVAILABLE');
  }
});

test('a planned event does not happen if something else happens first', async () => {
  await desktop();
  service.others.stop(id);
  service.setState(id, 'ERROR', { code: 'Broken', message: 'it broke' });
  await clock.sleep(60 * MINUTE);
  expect(await describeOne(id)).toMatchObject({ State: 'ERROR', ErrorCode: 'Broken' });
});

test('a tool changes the running mode and somebody the tags', async () => {
  await desktop();
  service.others.changeRunningMode(id, 'ALWAYS_ON');
  service.others.tag(id, { team: 'sales', stage: 'test' });
  service.others.untag(id, 'stage');
  await clock.sleep(24 * 60 * MINUTE);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE', WorkspaceProperties: { RunningMode: 'ALWAYS_ON' } });
  expect(service.desktops()).toMatchObject([{ tags: { team: 'sales' } }]);
  service.others.changeRunningMode(id, 'AUTO_STOP', 120);
  await clock.sleep(121 * MINUTE);
  expect(await state()).toBe('STOPPED');
});

test('a connected user prevents the desktop from stopping; the connection can be queried', async () => {
  await desktop();
  const pending = await createOne('bob');
  const ask = new DescribeWorkspacesConnectionStatusCommand({ WorkspaceIds: [id, pending] });
  const status = async () => (await client.send(ask)).WorkspacesConnectionStatus!;
  expect(await status()).toEqual([{ WorkspaceId: id, ConnectionState: 'DISCONNECTED', ConnectionStateCheckTimestamp: new Date(clock.now()) }]);
  service.others.stop(id);
  await clock.sleep(MINUTE);
  expect(await status()).toMatchObject([{ ConnectionState: 'UNKNOWN' }]);
  service.others.logOn(id);
  const seen = new Date(clock.now());
  expect(await state()).toBe('STARTING');
  await clock.sleep(5 * 60 * MINUTE);
  expect(await state()).toBe('AVAILABLE');
  expect((await status()).find(({ WorkspaceId }) => WorkspaceId === id)).toMatchObject({ ConnectionState: 'CONNECTED', LastKnownUserConnectionTimestamp: seen });
  service.others.logOff(id);
  await clock.sleep(61 * MINUTE);
  expect(await state()).toBe('STOPPED');
});

test('the termination of a desktop cannot be stopped', async () => {
  await desktop();
  await terminate(id);
  expect(() => service.setState(id, 'AVAILABLE')).toThrow(`${id} is TERMINATING`);
  expect(() => service.others.reboot(id)).toThrow('TERMINATING');
  expect(() => service.others.logOn(id)).toThrow('TERMINATING');
});
