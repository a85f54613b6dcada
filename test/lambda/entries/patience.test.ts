import { MINUTE, type Outcome, properties, SECOND, TestStack } from '../test-stack';

// What AWS denies before a step can say anything: to call the step, and to reach the ledger.

let stack: TestStack;
beforeEach(async () => { stack = await TestStack.startQuick({ buildTime: MINUTE, terminateTime: MINUTE }); });
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const fleet = { users: ['ana', 'bo'] };
const more = { users: ['ana', 'bo', 'chen'] };

/** What AWS denies, and what the reason names. */
const DENIALS: readonly [what: string, names: RegExp, deny: () => void][] = [
  ['the step\'s role to read the ledger', /not authorized to perform: GetItem/, () => { stack.denies = ({ operation }) => operation === 'GetItem'; }],
  ['the step\'s role to take the lease', /not authorized to perform: UpdateItem/, () => { stack.denies = ({ operation }) => operation === 'UpdateItem'; }],
  ['isComplete to invoke the step', /not authorized to perform: lambda:InvokeFunction/, () => {
    stack.step = async () => { throw Object.assign(new Error('User: x is not authorized to perform: lambda:InvokeFunction on resource: y'), { name: 'AccessDeniedException' }); };
  }],
];

/** CloudFormation sends the event; the denial begins after onEvent has answered. */
const OPERATIONS: readonly [what: string, wayOut: RegExp, deploy: (deny: () => void) => Promise<Outcome>][] = [
  ['a create', /Then deploy again/, async (deny) => { const joined = await stack.begin(stack.event('Create', properties(fleet))); deny(); return stack.finish(joined); }],
  ['a rollback', /continue-update-rollback/, async (deny) => {
    await stack.create(fleet);
    await stack.update(fleet, more);
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const joined = await stack.begin(stack.updateEvent(more, fleet));
    deny();
    return stack.finish(joined);
  }],
  ['a delete', /Then delete the stack again/, async (deny) => {
    await stack.create(fleet);
    const joined = await stack.begin(stack.event('Delete', properties(fleet), { PhysicalResourceId: stack.physicalId }));
    deny();
    return stack.finish(joined);
  }],
];

describe.each(DENIALS)('AWS denies %s', (_what, names, deny) => {
  test.each(OPERATIONS)('%s fails within minutes, by the name of what is denied, with the way out', async (_operation, wayOut, deploy) => {
    let from = 0;
    const outcome = await deploy(() => { from = stack.clock.now(); deny(); });
    expect(stack.clock.now() - from).toBeLessThan(5 * MINUTE);
    expect(outcome).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(names) });
    expect(outcome).toMatchObject({ reason: expect.stringMatching(/service control policy, a permissions boundary or a key policy/) });
    expect(outcome).toMatchObject({ reason: expect.stringMatching(wayOut) });
  });
});

test('a policy that takes a while to be known denies nothing in the end', async () => {
  const from = stack.clock.now() + 100 * SECOND;
  stack.denies = ({ service }) => service === 'dynamodb' && stack.clock.now() < from;
  expect(await stack.create(fleet)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(fleet.users) });
});

test('onEvent says which permission it lacks, without a stack trace', async () => {
  stack.denies = ({ operation }) => operation === 'GetItem';
  const start = stack.clock.now();
  const error = await stack.begin(stack.event('Delete', properties(fleet))).catch((each: Error) => each) as Error;
  expect(error.message).toMatch(/^AWS denies what the provider's functions need: .*GetItem.*Then delete the stack again/);
  expect(error.stack).toBe(`Error: ${error.message}`);
  expect(stack.clock.now() - start).toBeLessThan(3 * MINUTE);
});

test('another error of onEvent is thrown as it is, at once', async () => {
  stack.inject({ by: 'anyone', operation: 'GetItem', how: 'refuse', code: 'ResourceNotFoundException', times: 9 });
  await expect(stack.begin(stack.event('Delete', properties(fleet)))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });

});
