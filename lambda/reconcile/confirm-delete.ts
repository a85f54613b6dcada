import type { Services } from './services';
import { MINUTE } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import { POLICY_DELAY } from '../decide/failures';
import { FleetRecords } from '../ledger/fleet-records';
import { type FleetKey, type FleetRow, sentAtOf } from '../ledger/rows';
import type { FleetEvent } from '../request/events';

/** A Delete that CloudFormation does not confirm fails after this time: what CloudFormation shows may be a little old. */
const MAY_BE_OLD_FOR = POLICY_DELAY;
/** A Delete about which CloudFormation cannot be asked fails after this time. */
const MAY_BE_UNKNOWN_FOR = 10 * MINUTE;
/** The event of a deletion comes before the Delete that is sent for it. Clocks differ, and the first try of a clean-up may be older. */
const LOOKS_BACK = 10 * MINUTE;

const DELETES = 'DELETE_IN_PROGRESS';

/**
 * Whether CloudFormation deletes the fleet now. A Delete alone proves nothing: Lambda may have delivered it hours late, and whoever may invoke the
 * functions can make one up. So nothing is terminated or released on the word of a Delete that CloudFormation does not confirm.
 * @returns false if it is not known yet, and must be asked again
 * @throws DeploymentFailure if CloudFormation does not delete the fleet, or cannot be asked. Nothing has been changed
 */
export async function confirmDelete(services: Services, event: FleetEvent, key: FleetKey, row: FleetRow): Promise<boolean> {
  if (event.RequestType !== 'Delete' || row.current.isConfirmed) return true;
  const { clock, ledger } = services;
  const waited = clock.now() - row.current.startedAt;
  let status: string | undefined;
  try {
    status = await statusOf(services, event, sentAtOf(row.current) - LOOKS_BACK);
  } catch (error) {
    const { name, message } = error as Error;
    log('the stack is unknown', { error: `${name}: ${message}` });
    if (waited < MAY_BE_UNKNOWN_FOR) return false;
    if (await hasNothing(services, key, row)) return true;
    throw new DeploymentFailure(`CloudFormation could not be asked whether it deletes this fleet (${name}: ${message}). No WorkSpace was terminated. Allow the provider's step function `
      + 'cloudformation:DescribeStackResource and cloudformation:DescribeStackEvents on its own stack, and try again; or delete the stack and retain this resource, and terminate its WorkSpaces yourself');
  }
  if (status === DELETES) {
    await ledger.progress(key, row.generation, { isConfirmed: true });
    return true;
  }
  log('not confirmed', { type: event.RequestType, status });
  if (waited < MAY_BE_OLD_FOR) return false;
  throw new DeploymentFailure(`CloudFormation does not delete this fleet: the resource is ${status ?? 'not in the stack'}. No WorkSpace was terminated`);
}

async function statusOf({ resourceStatus, lastStatus }: Services, event: FleetEvent, since: number): Promise<string | undefined> {
  const { StackId, LogicalResourceId: logicalId, PhysicalResourceId: physicalId } = event;
  const status = await resourceStatus(StackId, logicalId);
  if (status === DELETES) return status;
  // A fleet that was replaced is deleted under its old physical id, while the logical id shows the new one.
  return await lastStatus(StackId, { logicalId, physicalId: physicalId! }, since) ?? status;
}

/** Whether the fleet has no desktop, as far as a complete ledger shows. */
async function hasNothing({ ledger }: Services, key: FleetKey, row: FleetRow): Promise<boolean> {
  const records = new FleetRecords(await ledger.calls(key), row.nextCall);
  const mayHave = records.users(new Map()).some(({ record }) => record?.state !== 'refused');
  return !row.lost && records.missing.length === 0 && !mayHave;
}
