import { failure } from './patience';
import { IDS_RESOURCE_TYPE, REMOVALS_RESOURCE_TYPE, RESOURCE_TYPE } from '../../src/private/contract';
import { log } from '../core/log';

type Members = Readonly<Record<string, unknown>>;

const RESOURCE_TYPES: readonly unknown[] = [RESOURCE_TYPE, IDS_RESOURCE_TYPE, REMOVALS_RESOURCE_TYPE];

/** The longest name: a logical id has at most 255 characters, and a RequestId 36. The ledger keeps the RequestIds of events that were seen. */
const LONGEST_NAME = 255;
/** The longest text of any member that is checked here. The longest, the ResponseURL, has about 2,000 characters. */
const LONGEST_TEXT = 8_192;

/**
 * Refuses what CloudFormation did not send for this stack: anybody who may invoke a function can send it anything. The answer says only which member
 * is wrong, never what the event or the ledger contains.
 * @param stackId the stack that this function belongs to
 * @throws DeploymentFailure before anything is read or written
 */
export function requireOwnEvent(event: unknown, stackId: string): void {
  const wrong = wrongMember(event, stackId);
  if (wrong === undefined) return;
  log('refused event', { member: wrong });
  throw failure(`CloudFormation did not send this event for this stack: its ${wrong} is missing or is not what CloudFormation sends. Nothing was changed`);
}

/** Undefined if the event has the form of CloudFormation's. That does not prove that it comes from there. */
function wrongMember(event: unknown, stackId: string): string | undefined {
  if (!isObject(event)) return 'form';
  const { RequestType, ResourceProperties, OldResourceProperties, PhysicalResourceId, ResourceType } = event;
  if (event.StackId !== stackId) return 'StackId';
  if (RequestType !== 'Create' && RequestType !== 'Update' && RequestType !== 'Delete') return 'RequestType';
  if (ResourceType !== undefined && !RESOURCE_TYPES.includes(ResourceType)) return 'ResourceType';
  if (!isText(event.LogicalResourceId, LONGEST_NAME) || !/^[A-Za-z0-9]+$/.test(event.LogicalResourceId)) return 'LogicalResourceId';
  if (!isText(event.RequestId, LONGEST_NAME)) return 'RequestId';
  if (!isText(event.ResponseURL) || !URL.canParse(event.ResponseURL)) return 'ResponseURL';
  if (!isText(PhysicalResourceId) && (RequestType !== 'Create' || PhysicalResourceId !== undefined)) return 'PhysicalResourceId';
  if (!isOfDirectory(ResourceProperties)) return 'ResourceProperties';
  if (ResourceType === REMOVALS_RESOURCE_TYPE) return isOfOwnFleet(ResourceProperties, stackId) ? undefined : 'ResourceProperties';
  const isRead = ResourceType === IDS_RESOURCE_TYPE;
  if (RequestType === 'Update' ? !isRead && !isOfDirectory(OldResourceProperties) : !isRead && OldResourceProperties !== undefined) return 'OldResourceProperties';
  return undefined;
}

/** Of a resource for removals: whether the fleet is one of this stack. */
function isOfOwnFleet(properties: unknown, stackId: string): boolean {
  if (!isObject(properties)) return false;
  const { FleetId, Removals } = properties;
  return isText(FleetId) && FleetId.startsWith(`${stackId.split('/')[2]}/`) && isText(Removals) && /^\d+$/.test(Removals);
}

function isOfDirectory(properties: unknown): boolean {
  return isObject(properties) && isText(properties.DirectoryId);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, longest = LONGEST_TEXT): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}
