import { differsInKind, isMigrationImpossible } from './bundle-diff';
import { openChanges } from './settings-diff';
import type { Terms } from './terms';
import { hasDesktop, type User } from '../ledger/user';

/** What a deployment leaves for later, and why. One line for each, for people to read. */
export function noticesOf(users: readonly User[], { generation, request }: Terms): string[] {
  return users.flatMap((user) => {
    if (!user.desired || !hasDesktop(user)) return [];
    const { userName, record } = user;
    const lines: string[] = record.notes?.generation === generation ? record.notes.notes.map(({ text }) => text) : [];
    const left = openChanges(user, generation, 'all');
    if (record.migrating) lines.push(`is being migrated; ${record.migrating.from} stays until that is done`);
    const changing = left.filter((property) => property === record.changing?.property);
    const notBegun = left.filter((property) => property !== record.changing?.property);
    if (changing.length > 0) lines.push(`${changing.join(', ')} still being changed`);
    if (notBegun.length > 0) lines.push(`${notBegun.join(', ')} not changed yet: the next deployment changes it`);
    const { bundle, encryption } = differsInKind(user);
    const differs = bundle ? 'bundle' : 'encryption';
    const isExplained = record.migrating !== undefined || isMigrationImpossible(record, generation);
    const isLeft = (request.bundleChange === 'REPLACE' && (bundle || encryption)) || (request.bundleChange === 'MIGRATE' && bundle && !isExplained);
    if (record.adopted && (bundle || encryption)) lines.push(`was adopted and keeps its ${differs}`);
    else if (isLeft) lines.push(`keeps its ${differs} until the next deployment`);
    return [...new Set(lines)].map((line) => `${userName}: ${line}`);
  });
}
