import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MINUTE, SECOND, VirtualStack } from './virtual-stack';
import { newFleet } from '../fixtures';

// A new policy is not in force at once, so AWS first denies what the same deployment has just allowed.

let stack: VirtualStack;
beforeEach(async () => {
  stack = await VirtualStack.start({ bundles: [{ bundleId: 'wsb-clj85qzj1' }, { bundleId: 'wsb-000000001' }] });
  expect((await stack.deploy(first)).status).toBe('CREATE_COMPLETE');
});
afterEach(() => stack.stop());

const first = (in_: Stack) => newFleet(in_, { removalPolicy: RemovalPolicy.DESTROY });
const both = (in_: Stack) => {
  first(in_);
  newFleet(in_, { removalPolicy: RemovalPolicy.DESTROY, bundleId: 'wsb-000000001' }, 'Other');
};

test('for the usual time, the provider tries again', async () => {
  stack.cloud.iam.policyDelay = 90 * SECOND;
  expect(await stack.deploy(both)).toMatchObject({ status: 'UPDATE_COMPLETE', failures: {} });
  expect(stack.cloud.iam.denials.map(({ action }) => action)).toContain('workspaces:CreateWorkspaces');
  expect(stack.users()).toEqual(['ana', 'ana-Other', 'bo', 'bo-Other']);
});

test('for much longer, the deployment fails with the missing permission, and no desktop is touched', async () => {
  stack.cloud.iam.policyDelay = 60 * MINUTE;
  const { status, failures } = await stack.deploy(both);
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(Object.values(failures).join()).toMatch(/not authorized to perform: workspaces:CreateWorkspaces on resource: arn:aws:workspaces:us-east-1:123456789012:workspacebundle\/wsb-000000001/);
  expect(stack.users()).toEqual(['ana', 'bo']);
});
