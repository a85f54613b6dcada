import { differsInKind, isAnswered } from './bundle-diff';
import { open } from './settings-diff';
import type { Subject } from '../ledger/state';
import type { Terms } from './verdict';

/** What a deployment leaves for later, and why, a line for each: for people. */
export function noticesOf(subjects: readonly Subject[], { generation, request }: Terms): string[] {
  return subjects.flatMap((subject) => {
    const { userName, member, wanted } = subject;
    if (!wanted || !member?.id) return [];
    const lines: string[] = member.notes?.generation === generation ? member.notes.notes.map(({ text }) => text) : [];
    const left = open(subject, generation, 'all');
    if (member.migrating) lines.push(`is being migrated, and ${member.migrating.from} is there until that is done`);
    const changing = left.filter((property) => property === member.changing?.property);
    const notBegun = left.filter((property) => property !== member.changing?.property);
    if (changing.length > 0) lines.push(`${changing.join(', ')} still being changed`);
    if (notBegun.length > 0) lines.push(`${notBegun.join(', ')} not changed yet: the next deployment does it`);
    const { bundle, encryption } = differsInKind(subject);
    const differs = bundle ? 'bundle' : 'encryption';
    const isSaid = member.migrating !== undefined || isAnswered(member, generation);
    const isLeft = (request.bundleChange === 'REPLACE' && (bundle || encryption)) || (request.bundleChange === 'MIGRATE' && bundle && !isSaid);
    if (member.adopted && (bundle || encryption)) lines.push(`was adopted and keeps its ${differs}`);
    else if (isLeft) lines.push(`keeps its ${differs} until the next deployment`);
    return [...new Set(lines)].map((line) => `${userName}: ${line}`);
  });
}
