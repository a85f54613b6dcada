import type { ReadDeployed } from './manifests';
import type { StackOperation } from './stack-operation';
import type { StepContext } from '../act/step-context';
import { log } from '../core/log';
import { asChanged } from '../decide/settings-diff';
import type { User } from '../ledger/user';
import { namedBy, userKey } from '../request/identity';
import { type Request, type Unrecorded, usersDeployedWith } from '../request/resource-properties';

/** For missing rows: notes every user who was deployed before, as CloudFormation says, and has no record. They are then looked up. */
export async function noteUsersOfLostRows(
  context: StepContext, operation: StackOperation, { desired }: Request, users: readonly User[], readDeployed: ReadDeployed,
): Promise<void> {
  const { fleet, generation, records } = context;
  const { kind, event } = operation;
  if (fleet.current.lostUsersNoted) return;
  const recorded = new Set(users.filter(({ record }) => record).map(({ key }) => key));
  const isUnrecorded = ({ userName }: { readonly userName: string }) => !recorded.has(userKey(userName));
  const unrecorded = (await deployedBefore(operation, readDeployed)).filter(isUnrecorded);
  log('rows are missing', { rows: records.all.length, expected: fleet.row.nextCall, missing: records.missing.length, lookUp: unrecorded.length });
  if (kind === 'rollback') {
    // The old properties of a rollback are those of the failed update. It may have changed the desktops that stay. Users who are only in
    // these properties have desktops that must be undone.
    const tried = new Map(unrecorded.map((each) => [userKey(each.userName), each.settings]));
    const stay = [...desired.values()].filter(isUnrecorded);
    const changed = stay.map(({ userName, settings }) => ({ userName, settings: asChanged(settings, tried.get(userKey(userName))) }));
    await noteUnrecorded(context, changed, 0);
    await noteUnrecorded(context, unrecorded.filter(({ userName }) => !desired.has(userKey(userName))), generation, fleet.current.startedAt);
  } else {
    // If CloudFormation does not have the fleet's physical id, the fleet was made just now, and its desktops may not be visible yet.
    const isNew = kind === 'delete' && namedBy(event)?.directoryId !== context.fleet.directoryId;
    await noteUnrecorded(context, unrecorded, 0, isNew ? fleet.current.startedAt : undefined);
  }
  await fleet.progress({ lostUsersNoted: true });
}

async function deployedBefore(operation: StackOperation, readDeployed: ReadDeployed): Promise<Unrecorded[]> {
  const { ResourceProperties, OldResourceProperties: old } = operation.event;
  switch (operation.kind) {
    case 'create': return []; // also in a move: earlier users were deployed in the other directory
    case 'delete': return readDeployed(ResourceProperties, usersDeployedWith);
    case 'update': return readDeployed(old ?? ResourceProperties, usersDeployedWith);
    case 'rollback': return readDeployed(old && operation.movesFrom === undefined ? old : ResourceProperties, usersDeployedWith);
  }
}

/**
 * Notes users whose rows are lost, so that they are looked up.
 * @param madeIn the generation that may have made their desktops; 0 means older than any that a rollback could undo
 * @param at the latest time at which it may have made them; 0 if no new desktop can be invisible yet
 */
async function noteUnrecorded(context: StepContext, users: readonly Unrecorded[], madeIn: number, at = 0): Promise<void> {
  await context.note(users.map(({ userName, settings }) => ({ state: 'unknown', why: 'call', userName, asked: settings })), { generation: madeIn, at });
}
