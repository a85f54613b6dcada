import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { awsStackStatus, isRollback } from '../../../lambda/aws/stack-status';

test.each([
  ['ROLLBACK_IN_PROGRESS', true], ['UPDATE_ROLLBACK_IN_PROGRESS', true], ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', true],
  ['UPDATE_IN_PROGRESS', false], ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', false], ['CREATE_IN_PROGRESS', false], ['DELETE_IN_PROGRESS', false],
  ['UPDATE_ROLLBACK_COMPLETE', false], ['UPDATE_ROLLBACK_FAILED', false], [undefined, false],
])('a stack that is %s is rolling back: %s', async (StackStatus, is) => {
  const client = { send: async () => (StackStatus ? { Stacks: [{ StackStatus }] } : {}) };
  expect(isRollback(await awsStackStatus(client as unknown as CloudFormationClient)('stack'))).toBe(is);
});
