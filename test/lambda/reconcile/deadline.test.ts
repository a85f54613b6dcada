import { MAX_RESPONSE_BYTES } from '../../../src/private/contract';
import { BUNDLE, FleetProperties, MINUTE, names, Outcome, SECOND, TestStack } from '../test-stack';

let stack: TestStack;
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

/** Two desktops take longer to build than the timeout. */
const slow = { buildTime: ({ index }: { index: number }) => (index < 2 ? 3 : 1) * 20 * MINUTE };

/** The answer that the Provider framework sends to CloudFormation. */
function answerBytes(outcome: Outcome): number {
  return Buffer.byteLength(JSON.stringify({
    Status: outcome.status,
    Reason: outcome.status === 'FAILED' ? `Error: ${outcome.reason}` : 'SUCCESS',
    StackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${'n'.repeat(128)}/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f`,
    RequestId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f',
    PhysicalResourceId: stack.physicalId,
    LogicalResourceId: 'Fleet',
    NoEcho: false,
    Data: outcome.status === 'SUCCESS' ? outcome.data : undefined,
  }));
}

test('desktops that are still being built at the timeout are accepted by name, with their ids', async () => {
  stack = await TestStack.startQuick(slow);
  const outcome = await stack.create({ users: names(5), TimeoutSeconds: '1800' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(5)), minutes: 30 });
  const late = stack.present().filter(({ state }) => state === 'PENDING').map(({ userName }) => userName);
  expect(late).toHaveLength(2);
  expect(outcome.status === 'SUCCESS' && outcome.data.LateUsers.split(', ').sort()).toEqual(late);
});

test('or fail the deployment, and are named, if the fleet says so', async () => {
  stack = await TestStack.startQuick(slow);
  const outcome = await stack.create({ users: names(5), TimeoutSeconds: '1800', LateWorkspaces: 'FAIL' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/^2 WorkSpaces not ready at the timeout: user00\d \(ws-\w+\); user00\d \(ws-\w+\)\. Raise timeout/) });
});

test('a user for whom nothing was made is refused at the timeout, never late', async () => {
  stack = await TestStack.startQuick();
  stack.inject({ operation: 'CreateWorkspaces', how: 'refuse', code: 'ThrottlingException', after: 1, times: 10_000 });
  const wanted = { users: names(30), TimeoutSeconds: '600' };
  expect(await stack.create(wanted)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('5 of 30 WorkSpaces could not be made') });
  await stack.stop();

  stack = await TestStack.startQuick();
  stack.inject({ operation: 'CreateWorkspaces', how: 'refuse', code: 'ThrottlingException', after: 1, times: 10_000 });
  const outcome = await stack.create({ ...wanted, FailureTolerance: '5' });
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('user025 (NotCreated)') } });
  expect(outcome.status === 'SUCCESS' && outcome.data.LateUsers).not.toMatch(/user02[5-9]/);
});

test('the provider waits for a policy that takes a while to be known', async () => {
  stack = await TestStack.startQuick();
  const from = stack.clock.now() + 100 * SECOND;
  stack.denies = ({ service }) => service === 'workspaces' && stack.clock.now() < from;
  expect(await stack.create({ users: names(2) })).toMatchObject({ status: 'SUCCESS' });
  await stack.stop();

  stack = await TestStack.startQuick();
  const later = stack.clock.now() + 100 * SECOND;
  stack.denies = ({ operation }) => operation === 'CreateWorkspaces' && stack.clock.now() < later;
  expect(await stack.create({ users: names(2) })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(2)) });
  // A denied call creates nothing, so no user had to be looked up.
  expect(stack.inputs('DescribeWorkspaces').filter((input) => (input as { UserName?: string }).UserName)).toEqual([]);
});

test('a missing policy fails the deployment, with the missing permission', async () => {
  stack = await TestStack.startQuick();
  stack.denies = ({ operation }) => operation === 'DescribeWorkspaceBundles';
  const outcome = await stack.create({ users: names(2) });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('not authorized to perform: DescribeWorkspaceBundles') });
  expect(outcome.minutes).toBeLessThanOrEqual(3);
});

test.each(['DescribeWorkspaceBundles', 'CreateWorkspaces'])('%s is denied to a deployment that has a minute: it fails then, with the missing permission', async (operation) => {
  stack = await TestStack.startQuick();
  stack.denies = (call) => call.operation === operation;
  const outcome = await stack.create({ users: names(60), TimeoutSeconds: '60' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`not authorized to perform: ${operation}`) });
  expect(outcome.minutes).toBeLessThanOrEqual(2);
});

test('a fleet that is ready does not fail because nobody may look at it when the answer is due', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  const wanted = { users: names(60), TimeoutSeconds: '600' };
  const from = stack.clock.now() + 9 * MINUTE;
  await stack.create(wanted);
  stack.denies = ({ operation }) => operation === 'DescribeWorkspaces' && stack.clock.now() > from;
  await stack.clock.sleep(6 * MINUTE);
  expect(await stack.update(wanted, { ...wanted, TimeoutSeconds: '60', Refresh: '2' })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(wanted.users) });
});

test.each<[string, FleetProperties]>([
  ['nobody\'s desktop comes', {}],
  ['a timeout is longer than CloudFormation listens', { TimeoutSeconds: '360000' }],
  ['a timeout is no number', { TimeoutSeconds: '' }],
])('there is an answer within the hour when %s', async (_, more) => {
  stack = await TestStack.startQuick({ buildTime: 600 * MINUTE });
  const outcome = await stack.create({ users: names(60), LateWorkspaces: 'FAIL', TimeoutSeconds: '3300', ...more });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('not ready at the timeout') });
  expect(outcome.minutes).toBeLessThan(58);
});

test('there is an answer within the hour when other fleets keep the provider busy all the time', async () => {
  stack = await TestStack.startQuick();
  jest.spyOn(stack.services.lease, 'take').mockResolvedValue({ turn: 'later' });
  const outcome = await stack.create({ users: names(1), TimeoutSeconds: '3300' });
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('or other fleets of the stack, kept it busy') });
  expect(outcome.minutes).toBeLessThan(60);
});

test('what was deployed before cannot be read any more when the answer is due: the answer is given from what is known', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  const users = names(3);
  stack.manifests.set('assets/list', JSON.stringify({ Users: [{ Settings: '0', UserNames: users }], Settings: [{ BundleId: BUNDLE }] }));
  const listed: FleetProperties = { Users: undefined, Settings: undefined, Manifest: { Bucket: 'assets', Key: 'list' }, UserCount: '3' };
  const wanted = { users, TimeoutSeconds: '600', FailureTolerance: '100%' };
  await stack.create(listed);
  await stack.deleteRows(({ sk }) => sk.startsWith('call#'));
  // Other fleets have the lease until then.
  const due = stack.clock.now() + 599 * SECOND;
  const take = stack.services.lease.take.bind(stack.services.lease);
  jest.spyOn(stack.services.lease, 'take').mockImplementation(async (asking) => (stack.clock.now() < due ? { turn: 'later' } : take(asking)));
  expect(await stack.update(listed, wanted)).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: 'user000 (NotCreated), user001 (NotCreated), user002 (NotCreated)' } });
});

test('no step is killed because it asks KMS for more keys than there is time for: the answer names those for whom nothing was made', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  const logged = jest.spyOn(console, 'log').mockReset();
  const users = names(200);
  const Settings = users.map(() => ({ BundleId: BUNDLE, VolumeEncryptionKey: stack.kms.createKey().arn, UserVolumeEncryptionEnabled: 'true' }));
  stack.inject({ service: 'kms', operation: '*', how: 'slow', ms: 14 * SECOND, times: Infinity });
  const Users = users.map((user, i) => ({ Settings: `${i}`, UserNames: [user] }));
  const outcome = await stack.create({ Users, Settings, UserCount: '200', TimeoutSeconds: '600', FailureTolerance: '100%' });
  expect(logged.mock.calls.filter(([line]) => line?.what === 'step crashed')).toEqual([]);
  expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringContaining('user000 (NotCreated)') } });
});

const long = Array.from({ length: 200 }, (_, i) => `a.very.long.name.of.somebody."quoted".${String(i).padStart(3, '0')}`.padEnd(63, 'ü').slice(0, 63));

test('the answer for 200 users fits, even if all of them are late or refused', async () => {
  stack = await TestStack.startQuick({ buildTime: 600 * MINUTE });
  const late = await stack.create({ users: long, TimeoutSeconds: '600' });
  expect(late).toMatchObject({ status: 'SUCCESS', data: { LateUsers: expect.stringMatching(/ and \d+ more$/) }, ids: stack.idsOf(long) });
  expect(answerBytes(late)).toBeLessThanOrEqual(MAX_RESPONSE_BYTES);
  await stack.stop();

  stack = await TestStack.startQuick({ missingUsers: long.slice(100), buildTime: 600 * MINUTE });
  const both = await stack.create({ users: long, TimeoutSeconds: '600', FailureTolerance: '100%' });
  expect(both).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringMatching(/ and \d+ more$/), LateUsers: expect.stringMatching(/ and \d+ more$/) } });
  expect(answerBytes(both)).toBeLessThanOrEqual(MAX_RESPONSE_BYTES);
  await stack.stop();

  stack = await TestStack.startQuick({ missingUsers: long });
  const refused = await stack.create({ users: long });
  expect(refused).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/ and \d+ more\./) });
  expect(answerBytes(refused)).toBeLessThanOrEqual(MAX_RESPONSE_BYTES);
});

test('more ids than an answer holds are refused, with what to do, and the fleet can be deleted', async () => {
  stack = await TestStack.startQuick({ buildTime: MINUTE });
  const wanted = { users: names(300) };
  const outcome = await stack.create(wanted);
  expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('the ids of 300 WorkSpaces do not fit') });
  expect(await stack.delete(wanted)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});
