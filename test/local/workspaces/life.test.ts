import { ask, BUNDLE, clock, create, createOne, describeAll, describeOne, DIRECTORY, encrypted, kms, members, MINUTE, RECORDED, SECOND, service, start, terminate, users } from './harness';

test('it is invisible, PENDING, AVAILABLE, TERMINATING, gone, with the recorded members', async () => {
  await start({ invisibleFor: 3 * SECOND, buildTime: 10 * MINUTE, terminateTime: 5 * MINUTE });
  const { arn } = kms.createKey();
  const id = await createOne('alice', encrypted(arn));
  const byUser = () => describeAll({ DirectoryId: DIRECTORY, UserName: 'ALICE' });
  await clock.sleep(3 * SECOND - 1);
  expect(await describeOne(id)).toBeUndefined();
  expect(await byUser()).toEqual([]);
  expect(await describeAll({ DirectoryId: DIRECTORY })).toEqual([]);

  await clock.sleep(1);
  expect(await byUser()).toEqual([await describeOne(id)]);
  expect(await describeOne(id)).toMatchObject({ WorkspaceId: id, State: 'PENDING', UserName: 'alice' });
  expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted);

  await clock.sleep(10 * MINUTE);
  const available = await describeOne(id);
  expect(available).toMatchObject({ State: 'AVAILABLE', ModificationStates: [], IpAddress: expect.stringMatching(/^10\./) });
  expect(members(available)).toEqual(RECORDED.availableEncrypted);
  expect(members(available!.WorkspaceProperties)).toEqual(RECORDED.alwaysOnProperties);

  expect(await terminate(id)).toEqual([]);
  expect(await describeOne(id)).toMatchObject({ State: 'TERMINATING' });
  await clock.sleep(5 * MINUTE);
  expect(await describeOne(id)).toBeUndefined();
  expect(service.desktops()).toMatchObject([{ workspaceId: id, state: 'GONE', visible: false }]);
});

test('an unencrypted one has no members of encryption', async () => {
  await start({ invisibleFor: 0, buildTime: MINUTE });
  const id = await createOne();
  const isEncryption = (name: string) => /Encryption/.test(name);
  expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted.filter((name) => !isEncryption(name)));
  await clock.sleep(MINUTE);
  expect(members(await describeOne(id))).toEqual(RECORDED.availableEncrypted.filter((name) => !isEncryption(name)));
});

test('a build takes 10 to 20 minutes, an encrypted one up to 40, or what the setting says', async () => {
  await start();
  await create(...users(25));
  await create(...users(25, 25).map((request) => ({ ...request, ...encrypted('alias/aws/workspaces') })));
  const building = () => service.desktops().filter((desktop) => desktop.state === 'PENDING').length;
  await clock.sleep(10 * MINUTE - 1);
  expect(building()).toBe(50);
  await clock.sleep(10 * MINUTE + 1);
  const afterTwenty = service.desktops().filter((desktop) => desktop.state === 'PENDING');
  expect(afterTwenty.length).toBeGreaterThan(0);
  expect(afterTwenty.every((desktop) => desktop.encryption)).toBe(true);
  await clock.sleep(20 * MINUTE);
  expect(building()).toBe(0);

  service.configure({ buildTime: ({ index, userName }) => (userName === 'slow' ? 60 * MINUTE : index) });
  await create(ask('quick'), ask('slow'));
  await clock.sleep(MINUTE);
  expect(building()).toBe(1);
});

test('AUTO_STOP stops it after its timeout, unless that is off', async () => {
  await start({ invisibleFor: 0, buildTime: MINUTE });
  const WorkspaceProperties = { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120 } as const;
  const id = await createOne('alice', { ...encrypted('alias/aws/workspaces'), WorkspaceProperties });
  await clock.sleep(121 * MINUTE - 1);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE' });
  await clock.sleep(1);
  expect(await describeOne(id)).toMatchObject({ State: 'STOPPING', IpAddress: expect.any(String) });
  await clock.sleep(MINUTE);
  const stopped = await describeOne(id);
  expect(stopped).toMatchObject({ State: 'STOPPED', WorkspaceProperties });
  expect(members(stopped)).toEqual(RECORDED.stoppedEncrypted);
  expect(members(stopped!.WorkspaceProperties)).toEqual(RECORDED.autoStopProperties);

  service.configure({ autoStop: false });
  const other = await createOne('bob', { WorkspaceProperties });
  await clock.sleep(180 * MINUTE);
  expect(await describeOne(other)).toMatchObject({ State: 'AVAILABLE' });
});

test('a late error shows at the end of the build', async () => {
  const error = { code: 'ConfigureWorkspace.DomainJoin', message: 'There was an issue joining the WorkSpace to your domain.' };
  await start({ invisibleFor: 0, buildTime: MINUTE, lateErrors: { Alice: error } });
  const id = await createOne('alice', encrypted('alias/aws/workspaces'));
  expect(members(await describeOne(id))).toEqual(RECORDED.pendingEncrypted);
  await clock.sleep(MINUTE);
  expect(await describeOne(id)).toMatchObject({ State: 'ERROR', ErrorCode: error.code, ErrorMessage: error.message });
  expect(members(await describeOne(id))).toEqual(RECORDED.errorEncrypted);
});

test('others may create, change and terminate desktops', async () => {
  await start({ terminateTime: MINUTE });
  const id = service.createElsewhere({ directoryId: DIRECTORY, userName: 'alice', bundleId: BUNDLE, tags: { team: 'sales' } });
  expect(() => service.createElsewhere({ directoryId: DIRECTORY, userName: 'ALICE', bundleId: BUNDLE })).toThrow(id);
  expect(await describeOne(id)).toMatchObject({ State: 'AVAILABLE', UserName: 'alice' });
  service.setState(id, 'ERROR', { code: 'Broken', message: 'it broke' });
  expect(await describeOne(id)).toMatchObject({ State: 'ERROR', ErrorCode: 'Broken', ErrorMessage: 'it broke' });
  service.setState(id, 'UNHEALTHY');
  expect(await describeOne(id)).toMatchObject({ State: 'UNHEALTHY', IpAddress: expect.any(String) });
  expect(service.desktops()).toMatchObject([{ workspaceId: id, origin: 'elsewhere', tags: { team: 'sales' } }]);
  service.terminateElsewhere(id);
  expect(await describeOne(id)).toMatchObject({ State: 'TERMINATING' });
  await clock.sleep(MINUTE);
  expect(await describeOne(id)).toBeUndefined();
  expect(() => service.setState(id, 'AVAILABLE')).toThrow(id);
});

test('a new desktop can be incomplete at first, by setting, but is found', async () => {
  await start({ invisibleFor: SECOND, incompleteFor: MINUTE, buildTime: 0 });
  const id = await createOne('alice', encrypted('alias/aws/workspaces'));
  await clock.sleep(SECOND);
  const found = await describeAll({ DirectoryId: DIRECTORY, UserName: 'alice' });
  expect(found.map(members)).toEqual([['DirectoryId', 'State', 'UserName', 'WorkspaceId']]);
  await clock.sleep(MINUTE);
  expect(members(await describeOne(id))).toEqual(RECORDED.availableEncrypted);
});

test('even if it is observed late, everything has happened at its time', async () => {
  await start({ buildTime: 10 * MINUTE, stopTime: MINUTE });
  await createOne('alice', { WorkspaceProperties: { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 60 } });
  await clock.sleep(71 * MINUTE - 1);
  expect(service.desktops()).toMatchObject([{ state: 'STOPPING' }]);
  await clock.sleep(1);
  expect(service.desktops()).toMatchObject([{ state: 'STOPPED' }]);
});
