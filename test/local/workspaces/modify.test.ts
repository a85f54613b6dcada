import { ModifyWorkspacePropertiesCommand, TerminateWorkspacesCommand, Workspace, WorkspaceProperties } from '@aws-sdk/client-workspaces';
import { BUNDLE, client, clock, createOne, describeOne, DIRECTORY, MINUTE, service, start } from './harness';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AVAILABLE_AT_ONCE = { invisibleFor: 0, buildTime: 0 };

const modify = (WorkspaceId: string, wanted: WorkspaceProperties) =>
  client.send(new ModifyWorkspacePropertiesCommand({ WorkspaceId, WorkspaceProperties: wanted }));

/** A desktop that was launched long ago. */
function oldDesktop(properties: WorkspaceProperties = {}): string {
  return service.createElsewhere({ directoryId: DIRECTORY, userName: 'alice', bundleId: BUNDLE, properties: { ...properties } });
}

async function expectChange(id: string, wanted: WorkspaceProperties, minutes: number): Promise<void> {
  await modify(id, wanted);
  await clock.sleep(minutes * MINUTE);
  expect(await describeOne(id)).toMatchObject({ WorkspaceProperties: wanted, ModificationStates: [] });
}

test('a volume\'s change is initiated, in progress, and then there, while the desktop can be used', async () => {
  await start({ changeInitiatedFor: MINUTE, volumeTime: 25 * MINUTE });
  const id = oldDesktop({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 50 });
  await modify(id, { UserVolumeSizeGib: 100 });
  const shows = async (State: string) => {
    expect(await describeOne(id)).toMatchObject({
      State: 'AVAILABLE', WorkspaceProperties: { UserVolumeSizeGib: 50 }, ModificationStates: [{ Resource: 'USER_VOLUME', State }],
    });
  };
  await shows('UPDATE_INITIATED');
  await clock.sleep(MINUTE);
  await shows('UPDATE_IN_PROGRESS');
  await clock.sleep(25 * MINUTE - 1);
  await shows('UPDATE_IN_PROGRESS');
  await clock.sleep(1);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE', WorkspaceProperties: { UserVolumeSizeGib: 100 }, ModificationStates: [] });
});

test('volumes grow in the order: user to 100, root to 175 or more, user further', async () => {
  await start();
  const id = oldDesktop({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 10 });
  const refused = { name: 'InvalidParameterValuesException' };
  await expect(modify(id, { RootVolumeSizeGib: 175 })).rejects.toMatchObject({ ...refused, message: expect.stringContaining('(80|10), (80|50), (80|100), (175+|100+)') });
  await expect(modify(id, { UserVolumeSizeGib: 120 })).rejects.toMatchObject(refused);
  await expectChange(id, { UserVolumeSizeGib: 100 }, 30);
  await expect(modify(id, { UserVolumeSizeGib: 150 })).rejects.toMatchObject(refused);
  await expect(modify(id, { RootVolumeSizeGib: 100 })).rejects.toMatchObject(refused);
  await expectChange(id, { RootVolumeSizeGib: 200 }, 30);
  await clock.sleep(5 * HOUR);
  await expectChange(id, { UserVolumeSizeGib: 150 }, 30);
  await expect(modify(id, { UserVolumeSizeGib: 2001 })).rejects.toMatchObject(refused);
  await expect(modify(id, { RootVolumeSizeGib: 175 })).rejects.toMatchObject({ ...refused, message: expect.stringContaining('200') });
});

test('a volume can grow 6 hours after the launch, and 6 hours after its last growth', async () => {
  await start(AVAILABLE_AT_ONCE);
  const id = await createOne('alice', { WorkspaceProperties: { RootVolumeSizeGib: 80, UserVolumeSizeGib: 10 } });
  const tooEarly = { name: 'InvalidResourceStateException', message: expect.stringContaining('too recently') };
  await clock.sleep(6 * HOUR - 1);
  await expect(modify(id, { UserVolumeSizeGib: 50 })).rejects.toMatchObject(tooEarly);
  await clock.sleep(1);
  await expectChange(id, { UserVolumeSizeGib: 50 }, 60);
  await clock.sleep(5 * HOUR - 1);
  await expect(modify(id, { UserVolumeSizeGib: 100 })).rejects.toMatchObject(tooEarly);
  await clock.sleep(1);
  await expectChange(id, { UserVolumeSizeGib: 100 }, 60);
});

test('a larger compute type waits 6 hours, a smaller one 30 days; the desktop restarts', async () => {
  await start({ ...AVAILABLE_AT_ONCE, computeTime: HOUR });
  const id = await createOne('alice', { WorkspaceProperties: { ComputeTypeName: 'STANDARD' } });
  await expect(modify(id, { ComputeTypeName: 'POWER' })).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  await expectChange(id, { ComputeTypeName: 'VALUE' }, 61);
  await expect(modify(id, { ComputeTypeName: 'POWER' })).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  await clock.sleep(5 * HOUR);
  await modify(id, { ComputeTypeName: 'POWER' });
  await clock.sleep(MINUTE);
  expect(await describeOne(id)).toMatchObject({
    State: 'REBOOTING', WorkspaceProperties: { ComputeTypeName: 'VALUE' }, ModificationStates: [{ Resource: 'COMPUTE_TYPE', State: 'UPDATE_IN_PROGRESS' }],
  });
  await clock.sleep(HOUR);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE', WorkspaceProperties: { ComputeTypeName: 'POWER' } });
  await clock.sleep(29 * DAY);
  await expect(modify(id, { ComputeTypeName: 'STANDARD' })).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  await clock.sleep(DAY);
  await expectChange(id, { ComputeTypeName: 'STANDARD' }, 61);
});

test.each<[string, string, WorkspaceProperties, WorkspaceProperties]>([
  ['another family', 'UnsupportedWorkspaceConfigurationException', { ComputeTypeName: 'POWER' }, { ComputeTypeName: 'GRAPHICS_G4DN' }],
  ['a type that has no family', 'UnsupportedWorkspaceConfigurationException', { ComputeTypeName: 'GRAPHICS' }, { ComputeTypeName: 'GRAPHICSPRO' }],
  ['volumes too small for the type', 'UnsupportedWorkspaceConfigurationException', { ComputeTypeName: 'POWERPRO' }, { ComputeTypeName: 'GENERALPURPOSE_4XLARGE' }],
  ['the type that it has', 'InvalidParameterValuesException', { ComputeTypeName: 'POWER' }, { ComputeTypeName: 'POWER' }],
  ['two properties', 'InvalidParameterValuesException', {}, { ComputeTypeName: 'POWER', UserVolumeSizeGib: 100 }],
  ['both volumes', 'InvalidParameterValuesException', {}, { RootVolumeSizeGib: 175, UserVolumeSizeGib: 100 }],
  ['nothing', 'InvalidParameterValuesException', {}, {}],
  ['the operating system', 'InvalidParameterValuesException', {}, { OperatingSystemName: 'WINDOWS_11' }],
  ['an unknown type', 'ValidationException', {}, { ComputeTypeName: 'HUGE' as any }],
  ['a timeout of an ALWAYS_ON desktop', 'InvalidParameterValuesException', { RunningMode: 'ALWAYS_ON' }, { RunningModeAutoStopTimeoutInMinutes: 60 }],
  ['a timeout not of hours', 'InvalidParameterValuesException', {}, { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 61 }],
  ['no protocol', 'InvalidParameterValuesException', {}, { Protocols: [] }],
  ['the protocol that it has', 'InvalidParameterValuesException', {}, { Protocols: ['PCOIP'] }],
  ['the protocol of a graphics desktop', 'UnsupportedWorkspaceConfigurationException', { ComputeTypeName: 'GRAPHICS_G4DN' }, { Protocols: ['WSP'] }],
])('refuses %s: %s', async (_, name, before, wanted) => {
  await start();
  const id = oldDesktop(before);
  const was = await describeOne(id);
  await expect(modify(id, wanted)).rejects.toMatchObject({ name });
  await clock.sleep(2 * HOUR);
  expect(await describeOne(id)).toEqual(was);
});

test('a graphics desktop can be switched within its family', async () => {
  await start();
  const id = oldDesktop({ ComputeTypeName: 'GRAPHICS_G4DN', RootVolumeSizeGib: 100, UserVolumeSizeGib: 100 });
  await expectChange(id, { ComputeTypeName: 'GRAPHICSPRO_G4DN' }, 61);
});

test('the protocol of a desktop that was made with PCOIP can be changed, and changed back', async () => {
  await start({ bundles: [{ bundleId: BUNDLE }, { bundleId: 'wsb-0000000ws', protocol: 'WSP' }] });
  const id = oldDesktop();
  await expectChange(id, { Protocols: ['WSP'] }, 21);
  await expectChange(id, { Protocols: ['PCOIP'] }, 21);
  const born = service.createElsewhere({ directoryId: DIRECTORY, userName: 'bob', bundleId: 'wsb-0000000ws' });
  await expect(modify(born, { Protocols: ['PCOIP'] })).rejects.toMatchObject({ name: 'UnsupportedWorkspaceConfigurationException' });
});

test('one change at a time: while it goes on, nothing else can be changed and the desktop cannot be rebooted', async () => {
  await start();
  const id = oldDesktop({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 10 });
  await modify(id, { UserVolumeSizeGib: 50 });
  const inProgress = {
    name: 'OperationInProgressException', message: 'The properties of this WorkSpace are currently being modified. Try again in a moment.',
  };
  await expect(modify(id, { ComputeTypeName: 'POWER' })).rejects.toMatchObject(inProgress);
  await expect(modify(id, { RunningMode: 'AUTO_STOP' })).rejects.toMatchObject(inProgress);
  expect(() => service.others.reboot(id)).toThrow('cannot be rebooted');
  await clock.sleep(26 * MINUTE);
  await expectChange(id, { ComputeTypeName: 'POWER' }, 61);
});

test('a change that fails shows, changes nothing, and can be tried again', async () => {
  await start({ failedChanges: ['Alice'], changeWait: 0 });
  const id = oldDesktop();
  await modify(id, { ComputeTypeName: 'POWER' });
  await clock.sleep(61 * MINUTE);
  expect(await describeOne(id)).toMatchObject({
    State: 'AVAILABLE', WorkspaceProperties: { ComputeTypeName: 'STANDARD' }, ModificationStates: [{ Resource: 'COMPUTE_TYPE', State: 'UPDATE_FAILED' }],
  });
  service.configure({ failedChanges: [] });
  await expectChange(id, { ComputeTypeName: 'POWER' }, 61);
});

test('the state of a desktop meanwhile is an option; a stopped one is stopped again', async () => {
  await start({ stateWhileResizing: 'UPDATING', stateWhileRestarting: 'unchanged' });
  const id = oldDesktop({ RootVolumeSizeGib: 80, UserVolumeSizeGib: 50 });
  service.setState(id, 'STOPPED');
  const stateWhile = async (wanted: WorkspaceProperties): Promise<(string | undefined)[]> => {
    await modify(id, wanted);
    await clock.sleep(MINUTE);
    const state = (await describeOne(id))?.State;
    await clock.sleep(HOUR);
    return [state, (await describeOne(id))?.State];
  };
  expect(await stateWhile({ UserVolumeSizeGib: 100 })).toEqual(['UPDATING', 'STOPPED']);
  expect(await stateWhile({ ComputeTypeName: 'POWER' })).toEqual(['STOPPED', 'STOPPED']);
});

test.each(['PENDING', 'UNHEALTHY', 'ERROR', 'ADMIN_MAINTENANCE', 'STOPPING', 'SUSPENDED'] as const)('%s: no volume, compute type or protocol can be changed', async (state) => {
  await start();
  const id = oldDesktop();
  service.setState(id, state);
  await expect(modify(id, { ComputeTypeName: 'POWER' })).rejects.toMatchObject({ name: 'InvalidResourceStateException', message: expect.stringContaining(state) });
});

test('the running mode is changed at once, at any time unless set otherwise, and so is when it stops', async () => {
  await start({ stopTime: MINUTE });
  const id = oldDesktop();
  const autoStop: WorkspaceProperties = { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 };
  await modify(id, autoStop);
  expect(await describeOne(id)).toMatchObject({ WorkspaceProperties: autoStop, ModificationStates: [] });
  await clock.sleep(HOUR);
  await modify(id, { RunningModeAutoStopTimeoutInMinutes: 180 });
  await clock.sleep(3 * HOUR - 1);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE' });
  await clock.sleep(1 + MINUTE);
  expect(await describeOne(id)).toMatchObject({ State: 'STOPPED' });

  await modify(id, { RunningMode: 'ALWAYS_ON' });
  expect(await describeOne(id)).toMatchObject({ State: 'STARTING' });
  expect((await describeOne(id))!.WorkspaceProperties!.RunningModeAutoStopTimeoutInMinutes).toBeUndefined();
  await clock.sleep(24 * HOUR);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE' });

  service.setState(id, 'UNHEALTHY');
  await modify(id, { RunningMode: 'AUTO_STOP' });
  service.configure({ runningModeStates: 'AVAILABLE or STOPPED' });
  await expect(modify(id, { RunningMode: 'ALWAYS_ON' })).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
});

test('a desktop that is terminated while it changes is terminated like any other', async () => {
  await start({ terminateTime: 90 * MINUTE });
  const id = oldDesktop();
  await modify(id, { ComputeTypeName: 'POWER' });
  await clock.sleep(2 * MINUTE);
  await client.send(new TerminateWorkspacesCommand({ TerminateWorkspaceRequests: [{ WorkspaceId: id }] }));
  await clock.sleep(61 * MINUTE);
  expect(await describeOne(id)).toMatchObject<Workspace>({ State: 'TERMINATING', ModificationStates: [] });
  await expect(modify(id, { RunningMode: 'AUTO_STOP' })).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  await clock.sleep(29 * MINUTE);
  expect(await describeOne(id)).toBeUndefined();
});

test('an id that does not exist, or not visibly, and a standby WorkSpace are refused by name', async () => {
  await start({ invisibleFor: MINUTE });
  await expect(modify('ws-00000000a', { RunningMode: 'ALWAYS_ON' })).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: 'ws-00000000a' });
  const id = await createOne('bob');
  await expect(modify(id, { RunningMode: 'ALWAYS_ON' })).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: id });
  const replicate = new ModifyWorkspacePropertiesCommand({ WorkspaceId: oldDesktop(), DataReplication: 'PRIMARY_AS_SOURCE' });
  await expect(client.send(replicate)).rejects.toMatchObject({ name: 'InvalidParameterValuesException', message: expect.stringContaining('PRIMARY_AS_SOURCE') });
});
