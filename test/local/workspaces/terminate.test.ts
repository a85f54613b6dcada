import { ask, clock, createOne, describeOne, failureOf, MINUTE, SECOND, service, start, terminate } from './harness';

test('answers only what it could not begin', async () => {
  await start();
  const id = await createOne();
  expect(await terminate(id, 'ws-00000000a')).toEqual([{
    WorkspaceId: 'ws-00000000a', ErrorCode: '400', ErrorMessage: 'WorkSpace ws-00000000a could not be found.',
  }]);
  expect(service.desktops()).toMatchObject([{ state: 'TERMINATING' }]);
});

test('a SUSPENDED desktop is protected', async () => {
  await start({ protectedDesktopCode: 'Protected' });
  const id = await createOne();
  service.setState(id, 'SUSPENDED');
  expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: 'Protected', ErrorMessage: expect.stringContaining('SUSPENDED') }]);
  expect(service.desktops()).toMatchObject([{ state: 'SUSPENDED' }]);
});

test('twice keeps the first one\'s time, or is refused by setting', async () => {
  await start({ terminateTime: 2 * MINUTE });
  const id = await createOne();
  await terminate(id);
  await clock.sleep(MINUTE);
  expect(await terminate(id)).toEqual([]);
  service.configure({ terminateAgain: 'refuse' });
  expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorMessage: expect.stringContaining('TERMINATING') }]);
  await clock.sleep(MINUTE);
  expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: '400' }]);
});

test('an invisible desktop is not found, by setting', async () => {
  await start({ terminateInvisible: 'not-found', invisibleFor: SECOND });
  const id = await createOne();
  expect(await terminate(id)).toMatchObject([{ WorkspaceId: id, ErrorCode: '400' }]);
  await clock.sleep(SECOND);
  expect(await terminate(id)).toEqual([]);
});

test('takes 1 to 25 well-formed ids', async () => {
  await start();
  await expect(terminate()).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(terminate('nothing')).rejects.toMatchObject({ name: 'ValidationException', message: 'The WorkSpace ID nothing in the request is invalid.' });
  await expect(terminate(...Array(26).fill('ws-00000000a'))).rejects.toMatchObject({ name: 'ValidationException' });
});

test('errors for unknown or protected desktops can be switched off', async () => {
  await start({ terminateUnknown: 'ignore', terminateSuspended: 'ignore' });
  const id = await createOne();
  service.setState(id, 'SUSPENDED');
  expect(await terminate(id, 'ws-00000000a')).toEqual([]);
  expect(service.desktops()).toMatchObject([{ state: 'SUSPENDED' }]);
  service.others.release(id);
  expect(await terminate(id)).toEqual([]);
  expect(service.desktops()).toMatchObject([{ state: 'TERMINATING' }]);
});

test('a desktop is TERMINATED for a while, by setting, and its user has it until its id is gone', async () => {
  await start({ invisibleFor: 0, terminateTime: 5 * MINUTE, terminatedFor: MINUTE });
  const id = await createOne();
  await terminate(id);
  await clock.sleep(5 * MINUTE);
  expect(await describeOne(id)).toMatchObject({ State: 'TERMINATED' });
  expect(await failureOf(ask('alice'))).toMatchObject({ code: 'ResourceExists.WorkSpace' });
  await clock.sleep(MINUTE);
  expect(await describeOne(id)).toBeUndefined();
  await createOne();
});
