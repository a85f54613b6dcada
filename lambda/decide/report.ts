import { createHash } from 'node:crypto';
import { counted } from './text';
import type { Refusal } from './verdict';
import { BulkWorkspacesAttributes, MAX_RESPONSE_BYTES, WorkspaceIdsAttributes } from '../../src/private/contract';
import { DeploymentFailure } from '../core/deployment-failure';
import type { Request } from '../request/resource-properties';

/** The limit for a failure's reason. CloudFormation shows about as much in its events. */
const MAX_REASON_BYTES = 1_500;
/** What the framework adds to the answer around attributes and ids, with a reserve. */
const ENVELOPE_BYTES = 250;

export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A reason that fits the answer, with the log group that has more. */
export function reasonOf(message: string, logGroupName: string | undefined): string {
  const pointer = logGroupName ? ` (log group: ${logGroupName})` : '';
  return cut(message.replace(/\p{Cc}+/gu, ' '), MAX_REASON_BYTES - bytes(pointer)) + pointer;
}

/** The parts of an event that its answer repeats. */
export interface Answered {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
}

/**
 * The attributes of the custom resource, in an answer of at most 4,096 bytes. Ids are complete; texts for people are cut to fit.
 * @throws DeploymentFailure if not even the ids fit
 */
export function attributesOf(
  event: Answered,
  outcome: {
    readonly ids: readonly string[];
    readonly countsIds: boolean;
    readonly refused: readonly Refusal[];
    readonly late: readonly string[];
    readonly notices: readonly string[];
    readonly fleetId: string;
    readonly removals: number;
  },
): BulkWorkspacesAttributes {
  const ids = outcome.ids.join(',');
  const attributes = (people: number): BulkWorkspacesAttributes => ({
    WorkspaceIds: outcome.countsIds ? counted(outcome.ids.filter((id) => id !== '').length, 'WorkSpace') : ids,
    RefusedUsers: fitted(outcome.refused.map(({ userName, code }) => `${userName} (${code})`), people),
    LateUsers: fitted(outcome.late, people),
    FleetId: outcome.fleetId,
    Notices: fitted(outcome.notices, people),
    Removals: String(outcome.removals),
    ...outcome.countsIds && { IdsDigest: createHash('sha256').update(ids).digest('hex').slice(0, 16) },
  });
  const left = roomIn(event) - bytes(JSON.stringify(attributes(0)));
  if (left < 0) throw new DeploymentFailure(tooLong(outcome.ids.length));
  return attributes(left / 3);
}

/**
 * The attributes of a read of ids.
 * @throws DeploymentFailure if they do not fit the answer
 */
export function idsAttributes(event: Answered, ids: readonly string[]): WorkspaceIdsAttributes {
  const attributes = { Ids: ids.join(',') };
  if (bytes(JSON.stringify(attributes)) > roomIn(event)) throw new DeploymentFailure(tooLong(ids.length));
  return attributes;
}

/** A fleet's attributes without the ids, and without any user named. */
const OTHER_ATTRIBUTES_BYTES = 300;

/**
 * Checks that answers will have room for the ids. The check runs at the first desktops, not after all have been made.
 * @param length of the longest id so far
 * @throws DeploymentFailure if they will not
 */
export function requireRoom(event: Answered, { idsInOneAnswer, countsIds }: Pick<Request, 'idsInOneAnswer' | 'countsIds'>, length: number): void {
  const room = roomIn(event) - (countsIds ? 0 : OTHER_ATTRIBUTES_BYTES);
  if (idsInOneAnswer * (length + 1) > room) throw new DeploymentFailure(tooLong(idsInOneAnswer));
}

function roomIn(event: Answered): number {
  const repeated = [event.StackId, event.RequestId, event.LogicalResourceId, event.PhysicalResourceId ?? ''];
  return MAX_RESPONSE_BYTES - ENVELOPE_BYTES - repeated.reduce((sum, each) => sum + bytes(each), 0);
}

function tooLong(count: number): string {
  return `the ids of ${counted(count, 'WorkSpace')} do not fit the ${MAX_RESPONSE_BYTES} bytes that CloudFormation accepts as an answer: ids are longer now than `
    + 'when this version of cdk-bulk-workspaces was made. Upgrade it, ask for the ids of fewer users, or split the fleet into several constructs';
}

/** As many as fit, and how many more there are. Only as many are measured as could fit: a fleet may have thousands of them. */
function fitted(items: readonly string[], most: number): string {
  if (items.length === 0) return 'none';
  const more = (shown: number) => (shown < items.length ? ` and ${items.length - shown} more` : '');
  let shown = 0;
  let size = bytes('""');
  for (const [i, item] of items.entries()) {
    size += bytes(JSON.stringify(i === 0 ? item : `, ${item}`)) - bytes('""');
    if (size > most) break;
    if (size + bytes(more(i + 1)) <= most) shown = i + 1;
  }
  return shown === 0 ? `${items.length}, see the ledger` : items.slice(0, shown).join(', ') + more(shown);
}

function cut(text: string, most: number): string {
  if (bytes(text) <= most) return text;
  return `${Buffer.from(text).subarray(0, most - 4).toString('utf8').replace(/\uFFFD+$/, '')} ...`;
}
