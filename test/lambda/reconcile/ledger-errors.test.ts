import type { Call } from '../../../local/core/service';
import { DIRECTORY, type FleetProperties, MINUTE, TestStack } from '../test-stack';

// Actions on desktops write to the ledger, too. What the ledger's table does not accept says nothing about a desktop: nobody is refused for it.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const users = ['ana', 'bo', 'chen'];
const wanted: FleetProperties = { users };

/** Fails the first write to the ledger after a call of WorkSpaces. */
function failWriteAfter(which: (call: Call) => boolean, code: string): { readonly happened: number } {
  const state = { isNext: false, happened: 0 };
  stack.whileCalling('*', (call) => {
    if (call.service !== 'dynamodb') state.isNext = which(call);
  });
  stack.inject({
    service: 'dynamodb',
    operation: '*',
    how: 'refuse',
    code,
    times: Infinity,
    which: ({ operation }) => {
      const isNow = /^(Put|Update)Item$/.test(operation) && state.isNext && state.happened === 0;
      if (isNow) state.happened++;
      return isNow;
    },
  });
  return state;
}

const CODES = ['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException'];

test.each(CODES)('%s, after a user was looked up: the next step looks again', async (code) => {
  stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
  const met = failWriteAfter(({ operation, input }) => operation === 'DescribeTags' || (input as any)?.UserName === 'bo', code);
  expect(await stack.create(wanted)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { Notices: 'none', RefusedUsers: 'none' } });
  expect(met.happened).toBe(1);
});

test.each(CODES)('%s, after an adoption', async (code) => {
  for (const userName of users) stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: 'wsb-clj85qzj1', userName });
  await stack.clock.sleep(5 * MINUTE);
  const met = failWriteAfter(({ operation }) => operation === 'CreateTags', code);
  expect(await stack.create({ ...wanted, ExistingWorkspaces: { Adopt: 'UNOWNED' } })).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(users), data: { Notices: 'none' } });
  expect(met.happened).toBe(1);
});

test.each(CODES)('%s, after a desktop was released', async (code) => {
  await stack.create(wanted);
  const met = failWriteAfter(({ operation }) => operation === 'DeleteTags', code);
  expect(await stack.update(wanted, { users: ['ana'], RemovedUsers: 'RELEASE' })).toMatchObject({ status: 'SUCCESS', cleanUp: [{ status: 'SUCCESS' }] });
  expect(stack.present().filter(({ tags }) => 'cdk-bulk-workspaces:fleet' in tags).map(({ userName }) => userName)).toEqual(['ana']);
  expect(met.happened).toBe(1);
});
