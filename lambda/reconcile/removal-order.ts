import { MAY_BE_OLD_FOR } from './admit';
import { LOOKS_BACK } from './confirm';
import type { Services } from './services';
import { MINUTE } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import type { RemovalsEvent } from '../request/events';

/** A deletion about which CloudFormation cannot be asked fails after this time. */
const MAY_BE_UNKNOWN_FOR = 10 * MINUTE;

const COMMITTED = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';

/**
 * Whether CloudFormation deletes this physical id in the clean-up of an update that has succeeded. Neither the event nor the stack's status alone
 * proves that: whoever may invoke the functions can make up an event, and the clean-up of a rollback deletes the new id.
 * @returns `later` if it is not known yet, and `no` if CloudFormation deletes it for another reason: then nothing is removed
 * @throws DeploymentFailure if CloudFormation does not delete it, or cannot be asked
 */
export async function isOrdered({ clock, showLastEvent, stackStatus }: Services, event: RemovalsEvent, sentAt: number): Promise<'yes' | 'later' | 'no'> {
  const { StackId, LogicalResourceId: logicalId, PhysicalResourceId: physicalId } = event;
  const waited = clock.now() - sentAt;
  let status: string | undefined;
  let stack: string;
  try {
    status = (await showLastEvent(StackId, { logicalId, physicalId: physicalId! }, sentAt - LOOKS_BACK))?.status;
    stack = await stackStatus(StackId);
  } catch (error) {
    const { name, message } = error as Error;
    log('the stack is unknown', { error: `${name}: ${message}` });
    if (waited < MAY_BE_UNKNOWN_FOR) return 'later';
    throw new DeploymentFailure(`CloudFormation could not be asked whether the update is complete (${name}: ${message}), so no WorkSpace of users who left the list was removed. Allow the `
      + 'provider\'s step function cloudformation:DescribeStacks and cloudformation:DescribeStackEvents on its own stack, and deploy the fleet again');
  }
  const isDeleted = status === 'DELETE_IN_PROGRESS';
  if (isDeleted && stack === COMMITTED) return 'yes';
  log('not ordered', { resource: status, stack });
  if (isDeleted && /ROLLBACK|DELETE/.test(stack)) return 'no';
  if (waited < MAY_BE_OLD_FOR) return 'later';
  throw new DeploymentFailure(`CloudFormation does not clean up after an update: the resource is ${status ?? 'not in the stack'}, and the stack is ${stack}. No WorkSpace was removed`);
}
