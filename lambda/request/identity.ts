import { createHash } from 'node:crypto';

/** The parts of an event that identify its fleet. */
export interface Addressed {
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

/**
 * `<stack uuid>/<hash of the logical id>`: the same for every event of one construct in one stack, but different for a later
 * stack of the same name. It is short enough for a tag. The handler's policy matches the part before the slash.
 */
export function fleetId(event: Addressed): string {
  const stackUuid = event.StackId.split('/')[2];
  if (!stackUuid) throw new Error(`a StackId must be an ARN that ends in stack/<name>/<uuid>, got ${JSON.stringify(event.StackId)}`);
  return `${stackUuid}/${createHash('sha256').update(event.LogicalResourceId).digest('hex').slice(0, 8)}`;
}

/** The same for every repeat of a Create. It contains the directory id, so that another directory means a replacement. */
export function physicalId(event: Addressed, directoryId: string): string {
  return `${fleetId(event)}/${directoryId}`;
}

/** The physical id of the resource for removals. @param removals the last generation that had leavers */
export function removalsId(fleet: string, removals: number | string): string {
  return `${fleet}/removals/${removals}`;
}

/** One fleet in one directory, as a physical id of ours names it. */
export interface Named {
  readonly fleetId: string;
  readonly directoryId: string;
}

/** What a physical id says that is one of this stack's; undefined for one that CloudFormation or the framework has invented. */
export function namedBy({ StackId, PhysicalResourceId = '' }: Pick<Addressed, 'StackId'> & { readonly PhysicalResourceId?: string }): Named | undefined {
  const [uuid, hash, directoryId, ...more] = PhysicalResourceId.split('/');
  const isOurs = uuid === StackId.split('/')[2] && /^[0-9a-f]{8}$/.test(hash ?? '') && !!directoryId && more.length === 0;
  return isOurs ? { fleetId: `${uuid}/${hash}`, directoryId } : undefined;
}

/**
 * The fleet that an event means, in the directory in which it is after the event. Logical ids may have been changed, or exchanged, since a fleet was
 * made. So an Update or a Delete means the fleet that its physical id names.
 */
export function fleetOf(event: Addressed & {
  readonly RequestType: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly DirectoryId: string };
}): Named {
  const { DirectoryId } = event.ResourceProperties;
  const named = event.RequestType === 'Create' ? undefined : namedBy(event);
  return { fleetId: named?.fleetId ?? fleetId(event), directoryId: event.RequestType === 'Delete' && named ? named.directoryId : DirectoryId };
}

/** Whether a directory id is longer than any could be. Keys of the ledger and physical ids contain it: they have at most 1,024 bytes. */
export function isTooLong(directoryId: string): boolean {
  return directoryId.length > 200;
}

/**
 * Identifies an event. If a deployment is retried, its RequestIds are used again, but the presigned URL for the answer is not.
 * The URL is hashed, because anyone who has it can answer in our name.
 */
export function eventId(event: { readonly ResponseURL: string }): string {
  return createHash('sha256').update(event.ResponseURL).digest('hex').slice(0, 16);
}

/** A hash of properties that does not depend on their order, and leaves out the provider's own address, which an update may change. */
export function digest({ ServiceToken: _, ...properties }: { readonly ServiceToken?: string }): string {
  const sorted = JSON.stringify(properties, (_key, value) => (
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
  ));
  return createHash('sha256').update(sorted).digest('hex').slice(0, 16);
}

/** The key of a user. User names are not case-sensitive in WorkSpaces, so all spellings of one user have the same key. */
export function userKey(userName: string): string {
  return userName.toLowerCase();
}
