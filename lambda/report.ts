import { DeploymentFailure } from './errors';
import type { Refusal } from './verdict';
import { BulkWorkspacesAttributes, MAX_RESPONSE_BYTES } from '../src/private/contract';

/** Of a failure's reason; CloudFormation shows about as much in its events. */
const MAX_REASON_BYTES = 1_500;
/** Of the answer: what the framework adds around the attributes and ids, with room to spare. */
const ENVELOPE_BYTES = 250;

export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The first few, and how many more there are. */
export function list<T>(items: readonly T[], text: (item: T) => string, most = 5): string {
  const more = items.length > most ? ` and ${items.length - most} more` : '';
  return items.slice(0, most).map(text).join('; ') + more;
}

export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** A reason that fits the answer, with where to read on. */
export function reasonOf(message: string, logGroupName: string | undefined): string {
  const pointer = logGroupName ? ` (log group: ${logGroupName})` : '';
  return cut(message.replace(/\p{Cc}+/gu, ' '), MAX_REASON_BYTES - bytes(pointer)) + pointer;
}

/**
 * The attributes of the custom resource, in an answer of at most 4,096 bytes: the ids whole, what is for people cut.
 * @throws DeploymentFailure when not even the ids fit
 */
export function attributesOf(
  event: { readonly StackId: string; readonly RequestId: string; readonly LogicalResourceId: string; readonly PhysicalResourceId?: string },
  outcome: {
    readonly ids: readonly string[];
    readonly refused: readonly Refusal[];
    readonly late: readonly string[];
    readonly notices: readonly string[];
    readonly fleetId: string;
  },
): BulkWorkspacesAttributes {
  const attributes = (people: number): BulkWorkspacesAttributes => ({
    WorkspaceIds: outcome.ids.join(','),
    RefusedUsers: fitted(outcome.refused.map(({ userName, code }) => `${userName} (${code})`), people),
    LateUsers: fitted(outcome.late, people),
    FleetId: outcome.fleetId,
    Notices: fitted(outcome.notices, people),
  });
  const envelope = ENVELOPE_BYTES + [event.StackId, event.RequestId, event.LogicalResourceId, event.PhysicalResourceId ?? ''].reduce((sum, each) => sum + bytes(each), 0);
  const left = MAX_RESPONSE_BYTES - envelope - bytes(JSON.stringify(attributes(0)));
  if (left < 0) {
    throw new DeploymentFailure(`the ids of ${outcome.ids.length} WorkSpaces do not fit the ${MAX_RESPONSE_BYTES} bytes that CloudFormation takes as an answer: split the fleet into two constructs`);
  }
  return attributes(left / 3);
}

/** As many as fit, and how many more there are. */
function fitted(items: readonly string[], most: number): string {
  if (items.length === 0) return 'none';
  for (let shown = items.length; shown > 0; shown--) {
    const text = items.slice(0, shown).join(', ') + (shown < items.length ? ` and ${items.length - shown} more` : '');
    if (bytes(JSON.stringify(text)) <= most) return text;
  }
  return `${items.length}, see the ledger`;
}

function cut(text: string, most: number): string {
  if (bytes(text) <= most) return text;
  return `${Buffer.from(text).subarray(0, most - 4).toString('utf8').replace(/\uFFFD+$/, '')} ...`;
}
