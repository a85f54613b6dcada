import { createHash } from 'node:crypto';

/** What of an event says whose it is. */
export interface Addressed {
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

/**
 * `<stack uuid>/<hash of the logical id>`: the same for every event of one construct in one stack, another for the next
 * stack of that name. Short enough for a tag; what stands before the slash is what the handler's policy matches.
 */
export function fleetId(event: Addressed): string {
  const stackUuid = event.StackId.split('/')[2];
  if (!stackUuid) throw new Error(`a StackId must be an ARN that ends in stack/<name>/<uuid>, got ${JSON.stringify(event.StackId)}`);
  return `${stackUuid}/${createHash('sha256').update(event.LogicalResourceId).digest('hex').slice(0, 8)}`;
}

/** Deterministic, so that every repeat of a Create gives the same one; with the directory, so that another directory is a replacement. */
export function physicalId(event: Addressed, directoryId: string): string {
  return `${fleetId(event)}/${directoryId}`;
}

/**
 * Which event this is. RequestIds are used again when a deployment is retried; the presigned URL for the answer is not.
 * Hashed, because whoever has the URL can answer in our context.
 */
export function eventId(event: { readonly ResponseURL: string }): string {
  return createHash('sha256').update(event.ResponseURL).digest('hex').slice(0, 16);
}

/** Of properties, whatever the order of their members; without the provider's own address, which an update may change. */
export function digest({ ServiceToken: _, ...properties }: { readonly ServiceToken?: string }): string {
  const sorted = JSON.stringify(properties, (_key, value) => (
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
  ));
  return createHash('sha256').update(sorted).digest('hex').slice(0, 16);
}

/** User names are not case-sensitive in WorkSpaces: this is what two spellings of one user share. */
export function userKey(userName: string): string {
  return userName.toLowerCase();
}
