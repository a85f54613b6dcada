import { differsInKind, isMigrationImpossible } from './bundle-diff';
import { denialsIn, WHERE_TO_LOOK } from './failures';
import { openChanges } from './settings-diff';
import type { Terms } from './terms';
import { hasDesktop, isRecorded, type User } from '../ledger/user';
import { isComing } from '../ledger/user-record';

/** What a deployment leaves for later, and why. One line for each, for people to read. */
export function noticesOf(users: readonly User[], { generation, request }: Terms): string[] {
  return users.flatMap((user) => {
    const { userName } = user;
    const denied = denialsOf(user, generation).map((line) => `${userName}: ${line}`);
    if (!user.desired || !hasDesktop(user)) return denied;
    const { record } = user;
    const lines: string[] = record.notes?.generation === generation ? record.notes.notes.map(({ text }) => text) : [];
    const left = openChanges(user, generation, 'all');
    if (record.broken?.generation === generation) {
      lines.push(`${record.id} is in the state ERROR, which this deployment has not caused (${record.broken.code}: ${record.broken.message}): rebuild or restore it`);
    }
    if (isComing(record)) lines.push(`keeps ${record.id}, which the fleet ${record.comesFrom!.fleetId} hands over in the clean-up after ${userName} has left its list. A later deployment changes what differs`);
    if (record.migrating) lines.push(`is being migrated; ${record.migrating.from} stays until that is done`);
    const changing = left.filter((property) => property === record.changing?.property);
    const notBegun = left.filter((property) => property !== record.changing?.property);
    if (changing.length > 0) lines.push(`${changing.join(', ')} still being changed`);
    if (notBegun.length > 0) lines.push(`${notBegun.join(', ')} not changed yet: the next deployment changes it`);
    const { bundle, encryption } = differsInKind(user);
    const differs = [...(bundle ? ['bundle'] : []), ...(encryption ? ['encryption'] : [])].join(' and ');
    const isExplained = record.migrating !== undefined || isMigrationImpossible(record, generation);
    if (record.adopted && differs) lines.push(`was adopted and keeps its ${differs}`);
    else if (request.bundleChange === 'REPLACE' && differs) lines.push(`keeps its ${differs} until the next deployment`);
    else if (request.bundleChange === 'MIGRATE' && bundle && !isExplained) lines.push('keeps its bundle until the next deployment');
    return [...denied, ...[...new Set(lines)].map((line) => `${userName}: ${line}`)];
  });
}

/** What AWS has denied for this user; and why the desktop of a user who is not desired stays. */
function denialsOf(user: User, generation: number): string[] {
  if (!isRecorded(user)) return [];
  const { record, desired } = user;
  const because = desired ? '' : `${hasDesktop(user) ? user.record.id : 'the WorkSpace'} stays, because `;
  const denied = denialsIn(record, generation).map(({ action, message }) => `${because}${action ? `AWS denies ${action}: ${WHERE_TO_LOOK}` : message}`);
  const { failure } = record;
  if (desired || denied.length > 0 || failure?.generation !== generation) return denied;
  return [`${because}WorkSpaces says ${failure.code}: ${failure.message}`];
}
