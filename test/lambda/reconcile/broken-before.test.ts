import { FleetProperties, MINUTE, names, TestStack } from '../test-stack';

// A desktop that was broken before an update does not fail the update of the others.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE, missingUsers: ['nobody'] }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = names(10);
const broken = 'user003';
const more = { users: [...users, 'zoe'] };
const breakOne = () => stack.workspaces.setState(stack.idsOf([broken])[0]!, 'ERROR');

test('an update at tolerance 0 succeeds, keeps its id, and a notice names it with what to do', async () => {
  await stack.create({ users });
  const ids = stack.idsOf(users);
  breakOne();
  const outcome = await stack.update({ users }, more);
  expect(outcome).toMatchObject({
    status: 'SUCCESS',
    ids: [...ids, stack.idsOf(['zoe'])[0]],
    data: { RefusedUsers: 'none', Notices: expect.stringMatching(/^user003: ws-\w+ is in the state ERROR, which this deployment has not caused .*: rebuild or restore it$/) },
  });
});

test('nor does one that has never worked, and was tolerated', async () => {
  stack.workspaces.configure({ lateErrors: { [broken]: { code: 'ConfigureWorkspace.DomainJoin', message: 'no domain' } } });
  await stack.create({ users, FailureTolerance: '1' });
  expect(await stack.update({ users, FailureTolerance: '1' }, more)).toMatchObject({ status: 'SUCCESS', data: { Notices: expect.stringMatching(/^user003: .*ConfigureWorkspace.DomainJoin: no domain/) } });
});

test('one that this update makes, and that breaks, counts as before', async () => {
  await stack.create({ users });
  stack.workspaces.configure({ lateErrors: { zoe: { code: 'ConfigureWorkspace.DomainJoin', message: 'no domain' } } });
  expect(await stack.update({ users }, more)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/zoe \(ConfigureWorkspace.DomainJoin.*Correct or remove these users/) });
});

test('a broken one is replaced and migrated like the others', async () => {
  await stack.create({ users });
  breakOne();
  const after: FleetProperties = { users, settings: { BundleId: 'wsb-b0s22j3d7' }, BundleChange: 'REPLACE', TerminationLimit: 'unlimited' };
  expect(await stack.update({ users }, after)).toMatchObject({ status: 'SUCCESS', data: { Notices: 'none' } });
  expect(stack.present().map(({ bundleId, state }) => `${bundleId} ${state}`)).toEqual(users.map(() => 'wsb-b0s22j3d7 AVAILABLE'));
});

test('if a change is refused, nobody is told to remove a user who has a desktop', async () => {
  await stack.create({ users });
  stack.inject({ operation: 'ModifyWorkspaceProperties', how: 'refuse', code: 'InvalidParameterValuesException', message: 'not so' });
  const outcome = await stack.update({ users }, { users, settings: { RunningMode: 'AUTO_STOP' } });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/user000 \(InvalidParameterValuesException.*Do not remove user000: that would terminate a WorkSpace that is in use\. Correct what is asked for/) });
});
