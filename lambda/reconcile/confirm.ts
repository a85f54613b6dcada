import type { Services } from './services';
import { RESOURCE_TYPE } from '../../src/private/contract';
import { isRollback, type ShownResource } from '../aws/stack-status';
import { MINUTE, SECOND } from '../core/clock';
import { OutOfTime } from '../core/time-left';
import type { SeenEvent } from '../ledger/rows';
import type { FleetEvent } from '../request/events';

// What CloudFormation says of an event. The event itself proves nothing: Lambda may have delivered it hours late, and whoever may invoke the functions
// can invent one.

/** The clocks of CloudFormation and of what signs its URLs may differ, and either comes first: the status of a resource, or the event. */
const SENT_BEFORE = 3 * SECOND;
/** CloudFormation's clock and ours may differ by so much. */
const CLOCKS_DIFFER = 1 * SECOND;
/** The event of a deletion comes before the Delete that is sent for it. Clocks differ, and the first try of a clean-up may be older. */
export const LOOKS_BACK = 10 * MINUTE;

const DELETES = 'DELETE_IN_PROGRESS';

/** What CloudFormation shows while it waits for the answer to an event. */
const WAITS = { Create: /^CREATE_IN_PROGRESS$/, Update: /^UPDATE_(ROLLBACK_)?IN_PROGRESS$/ };
const STACK_WAITS = { Create: /^(CREATE|UPDATE)_IN_PROGRESS$/, Update: /^UPDATE_(ROLLBACK_)?IN_PROGRESS$/ };

export interface Confirmed {
  readonly says: 'yes';
  /** Since when the resource has the status that confirms the event. CloudFormation sends one event for it. */
  readonly statusSince?: number;
  readonly rollsBack?: boolean;
  readonly stackBeganAt?: number;
}

export type Said =
  | Confirmed
  | { readonly says: 'no'; readonly shows: string }
  /** `rollsBack` is undefined if not even that is known. */
  | { readonly says: 'unknown'; readonly error: string; readonly rollsBack?: boolean };

type CloudFormation = Pick<Services, 'stackStatus' | 'lastUpdate' | 'showResource' | 'showLastEvent'>;
type Identified = Pick<FleetEvent, 'StackId' | 'LogicalResourceId' | 'PhysicalResourceId'>;

/** @param mayAskAgain whether what is not necessary is worth another try, if it cannot be read now */
export async function ask(services: CloudFormation, event: FleetEvent, seen: SeenEvent, mayAskAgain: boolean): Promise<Said> {
  try {
    const { RequestType } = event;
    if (RequestType === 'Delete') return await askDelete(services, event, seen, mayAskAgain);
    return await askDeployment(services, event, RequestType, seen, mayAskAgain);
  } catch (error) {
    if (error instanceof OutOfTime) throw error;
    const { name, message } = error as Error;
    const status = await services.stackStatus(event.StackId).catch(() => undefined);
    return { says: 'unknown', error: `${name}: ${message}`, rollsBack: status === undefined ? undefined : isRollback(status) };
  }
}

async function askDelete(services: CloudFormation, event: FleetEvent, { sentAt }: SeenEvent, mayAskAgain: boolean): Promise<Said> {
  const shown = await showDeletion(services, event, sentAt);
  if (shown?.status !== DELETES) return { says: 'no', shows: shownAs(shown) };
  if (isFromBefore(shown, sentAt)) return { says: 'no', shows: FROM_BEFORE };
  const status = await optional(services.stackStatus(event.StackId), mayAskAgain);
  if (status === undefined) return { says: 'yes', statusSince: shown.since };
  if (!isRollback(status)) return { says: 'yes', statusSince: shown.since, rollsBack: false };
  const { beganAt } = await optional(services.lastUpdate(event.StackId), mayAskAgain) ?? {};
  return { says: 'yes', statusSince: shown.since, rollsBack: true, stackBeganAt: beganAt };
}

/**
 * What CloudFormation shows of the resource that a Delete is about, by its logical and its physical id: in a replacement, the logical id shows the new
 * resource already when the old one is deleted.
 */
async function showDeletion(
  { showResource, showLastEvent }: Pick<CloudFormation, 'showResource' | 'showLastEvent'>, event: Identified, sentAt: number,
): Promise<ShownResource | undefined> {
  const { StackId, LogicalResourceId: logicalId, PhysicalResourceId: physicalId } = event;
  const shown = await showResource(StackId, logicalId);
  if (shown?.status === DELETES) return shown;
  return await showLastEvent(StackId, { logicalId, physicalId: physicalId! }, sentAt - LOOKS_BACK) ?? shown;
}

async function askDeployment(
  services: CloudFormation, { StackId, LogicalResourceId }: FleetEvent, RequestType: 'Create' | 'Update', { sentAt }: SeenEvent, mayAskAgain: boolean,
): Promise<Said> {
  const shown = await services.showResource(StackId, LogicalResourceId);
  if (!WAITS[RequestType].test(shown?.status ?? '')) return { says: 'no', shows: shownAs(shown) };
  if (shown!.type !== RESOURCE_TYPE) return { says: 'no', shows: 'the resource is not a fleet' };
  if (isFromBefore(shown!, sentAt)) return { says: 'no', shows: FROM_BEFORE };
  const status = await services.stackStatus(StackId);
  if (!STACK_WAITS[RequestType].test(status)) return { says: 'no', shows: `the stack is ${status}` };
  if (!isRollback(status)) return { says: 'yes', statusSince: shown!.since, rollsBack: false };
  // An update that is cancelled sees its stack roll back, too. But it was sent before the rollback began.
  const { beganAt, rollsBackSince } = await optional(services.lastUpdate(StackId), mayAskAgain) ?? {};
  if (sentAt < (rollsBackSince ?? sentAt) - CLOCKS_DIFFER) return { says: 'no', shows: 'the event was sent before the rollback began' };
  return { says: 'yes', statusSince: shown!.since, rollsBack: true, stackBeganAt: beganAt };
}

const FROM_BEFORE = 'the event was sent before that';

function isFromBefore({ since }: ShownResource, sentAt: number): boolean {
  return since !== undefined && sentAt < since - SENT_BEFORE;
}

function shownAs(shown: ShownResource | undefined): string {
  return `the resource is ${shown?.status ?? 'not in the stack'}`;
}

/** Undefined if it cannot be read, and will not be asked for again. */
async function optional<T>(answer: Promise<T>, mayAskAgain: boolean): Promise<T | undefined> {
  return mayAskAgain ? answer : answer.catch(() => undefined);
}

/**
 * Whether CloudFormation still waits for the answer to an event that was confirmed. It does not tell us when it cancels one: the resource shows that, and
 * then the stack.
 * @param since when the status began that has confirmed it; undefined if a later one of the same kind is as good
 */
export async function stillWaits(services: CloudFormation, event: FleetEvent, sentAt: number, since: number | undefined): Promise<boolean> {
  const { RequestType, StackId, LogicalResourceId } = event;
  const isSame = (shown: ShownResource | undefined) => since === undefined || shown?.since === since;
  if (RequestType === 'Delete') {
    const shown = await showDeletion(services, event, sentAt);
    return shown?.status === DELETES && isSame(shown);
  }
  const shown = await services.showResource(StackId, LogicalResourceId);
  return WAITS[RequestType].test(shown?.status ?? '') && isSame(shown) && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(await services.stackStatus(StackId));
}
