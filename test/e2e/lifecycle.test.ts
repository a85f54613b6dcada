import { CLI_TIMEOUT, SalesStack } from './sales-stack';

// The life of a fleet in one stack: the actions of a user, in order.

const stack = new SalesStack();
beforeAll(() => stack.start());
afterAll(() => stack.stop());

test('a deployment that is refused a user fails with the name and leaves nothing', async () => {
  const { exitCode, lines } = await stack.deploy('ana', 'nobody');
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('nobody (ResourceNotFound.User');
  expect(stack.desktops()).toEqual([]);
}, CLI_TIMEOUT);

test('a deployment makes the desktops, encrypted, and outputs their ids in the order of the users', async () => {
  const { exitCode, lines } = await stack.deploy('ana', 'bo', 'chen');
  expect({ exitCode, lines: exitCode === 0 ? [] : lines }).toEqual({ exitCode: 0, lines: [] });
  expect(stack.ids()).toEqual([stack.idOf('ana'), stack.idOf('bo'), stack.idOf('chen')]);
  expect(stack.desktops().map(({ state, encryption }) => [state, encryption?.rootVolume, encryption?.userVolume])).toEqual(Array(3).fill(['AVAILABLE', true, true]));
}, CLI_TIMEOUT);

test('a deployment without a change makes no call', async () => {
  const before = stack.cloud.workspaces.counts();
  expect((await stack.deploy('ana', 'bo', 'chen')).exitCode).toBe(0);
  expect(stack.cloud.workspaces.counts()).toEqual(before);
}, CLI_TIMEOUT);

test('an update that adds a user keeps the desktops of the others', async () => {
  const before = stack.ids();
  expect((await stack.deploy('ana', 'bo', 'chen', 'dora')).exitCode).toBe(0);
  expect(stack.ids()).toEqual([...before, stack.idOf('dora')]);
}, CLI_TIMEOUT);

test('an update with a refused user undoes what it added, and nothing else', async () => {
  const before = stack.ids();
  const { exitCode, lines } = await stack.deploy('ana', 'bo', 'chen', 'dora', 'emil', 'nobody');
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('nobody (ResourceNotFound.User');
  expect(stack.desktops().map(({ workspaceId }) => workspaceId).sort()).toEqual([...before].sort());
}, CLI_TIMEOUT);

test('an update that removes a user terminates that desktop and no other', async () => {
  const [ana, bo, chen] = stack.ids();
  expect((await stack.deploy('ana', 'bo', 'chen')).exitCode).toBe(0);
  expect(stack.desktops().map(({ workspaceId }) => workspaceId).sort()).toEqual([ana, bo, chen].sort());
}, CLI_TIMEOUT);

test('an update that removes more users than the limit is refused with a reason, rolls back, and terminates nothing', async () => {
  const before = stack.ids();
  const { exitCode, lines } = await stack.deploy('ana');
  expect(exitCode).not.toBe(0);
  expect(lines.join('\n')).toContain('terminationLimit allows 1');
  expect(lines.join('\n')).toContain('UPDATE_ROLLBACK_COMPLET'); // as wide as the CLI's column
  expect(stack.desktops().map(({ workspaceId }) => workspaceId).sort()).toEqual([...before].sort());
}, CLI_TIMEOUT);

test('destroy leaves no desktop', async () => {
  expect((await stack.destroy()).exitCode).toBe(0);
  expect(stack.desktops()).toEqual([]);
}, CLI_TIMEOUT);
