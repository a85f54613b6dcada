import { ENCRYPTION, isReplaced, isSame, saidOf } from './bundle-diff';
import type { Request } from '../request/resource-properties';
import { counted, list } from './report';
import { FIXED, shrunk, stable } from './settings-diff';
import type { Subject } from '../ledger/state';
import type { DesktopSettings } from '../../src/private/contract';

/**
 * What an update, or a create over a fleet that was kept, asks for that cannot be done, as a sentence for whoever wrote it.
 *
 * What a desktop was made with must be what is asked for now. That is compared with what was recorded when the desktop was
 * made, not with the properties before.
 */
export function refusedChange(subjects: readonly Subject[], { bundleChange }: Pick<Request, 'bundleChange'>): string | undefined {
  // What was adopted is taken as it is where it cannot be changed.
  const stays = (member: Subject['member']) => hasDesktop(member) && !isLeaving(member) && !member!.adopted;
  const existing = subjects.filter(({ wanted, madeWith, member }) => wanted && madeWith && stays(member));
  const changed = (membersOf: (subject: Subject) => readonly Setting[]) => existing.flatMap((subject) => {
    const members = membersOf(subject);
    return members.length > 0 ? [{ subject, members }] : [];
  });
  const sentence = (found: ReturnType<typeof changed>, what: string, wayOut: string) => {
    if (found.length === 0) return undefined;
    const names = list(found, ({ subject, members }) => `${subject.userName}: ${members.map((member) => difference(subject, member)).join(', ')}`);
    return `the WorkSpaces of ${counted(found.length, 'user')} exist, and this deployment would have them with ${what}: ${names}. Nothing was changed. ${wayOut}`;
  };
  const differing = (members: readonly Setting[], onlyWhenSaid = false) => ({ madeWith, wanted }: Subject) => members.filter((member) => {
    const said = saidOf(wanted!.settings, member);
    return !isSame(member, saidOf(madeWith!, member), said) && !(onlyWhenSaid && said === undefined);
  });
  return (bundleChange === 'REFUSE' ? sentence(changed(differing(['BundleId'])), 'another bundle',
    'Put the old bundle back for these users, or write "bundleChange: BundleChange.NEW_USERS_ONLY" to leave them as they are, BundleChange.MIGRATE to migrate them '
    + '(the user volume is kept), or BundleChange.REPLACE to terminate them and make others (what is on them is lost)') : undefined)
    ?? (bundleChange === 'REPLACE' ? undefined : sentence(changed(differing(ENCRYPTION)), 'other encryption',
      'The service cannot change the encryption of a WorkSpace: put the old settings back for these users, or write '
      + '"bundleChange: BundleChange.REPLACE" to terminate them and make others (what is on them is lost)'))
    ?? sentence(changed(differing(FIXED, true)), 'other settings', 'These cannot be changed on a WorkSpace that exists: put the old ones back for these users')
    ?? sentence(changed(shrunk), 'smaller volumes', 'Volumes can only grow: put the old sizes back for these users');
}

/** Who had a desktop of the fleet before this deployment; those on their way out are not counted. */
export function membersBefore(subjects: readonly Subject[], keep: number): Subject[] {
  return subjects.filter(({ member, madeIn }) => hasDesktop(member) && madeIn! <= keep && !isLeaving(member));
}

type Limits = Pick<Request, 'releases' | 'terminationLimit' | 'bundleChange'>;

/**
 * Whether an update would terminate more desktops than it may, as a sentence.
 * @param deployed up to this generation, a desktop belongs to the deployment before
 */
export function removalsRefused(before: readonly Subject[], request: Limits, deployed: number): string | undefined {
  const { releases, terminationLimit } = request;
  const isTerminated = (each: Subject) => (each.wanted ? isReplaced(each, request, deployed) : !releases && !each.member?.adopted);
  const removed = before.filter(isTerminated);
  const limit = terminationLimit(before.length);
  if (removed.length <= limit) return undefined;
  const wayOut = removed.every(({ wanted }) => wanted) ? 'set another bundleChange than BundleChange.REPLACE' : 'put these users back into "users"';
  return `this update would terminate the ${removed.length === 1 ? 'WorkSpace' : 'WorkSpaces'} of ${removed.length} of ${counted(before.length, 'user')}, `
    + `and terminationLimit allows ${limit}: ${named(removed)}. Nothing was changed. What is on a WorkSpace is lost for ever with it: ${wayOut}, `
    + `or write "terminationLimit: TerminationLimit.count(${removed.length})" for this deployment`;
}

function named(subjects: readonly Subject[]): string {
  return list(subjects, ({ userName, member }) => `${userName} (${member!.id ?? 'being made'})`);
}

type Setting = keyof DesktopSettings;

/** `BundleId wsb-a -> wsb-b`. */
function difference({ madeWith, wanted }: Subject, member: Setting): string {
  return `${member} ${stable(madeWith![member])} -> ${stable(wanted!.settings[member])}`;
}

/** Whoever has left the list and is back on it gets another one. */
function isLeaving(member: Subject['member']): boolean {
  return member?.terminatedAt !== undefined || member?.releasedIn !== undefined;
}

function hasDesktop(member: Subject['member']): boolean {
  return member?.id !== undefined || member?.unknown !== undefined;
}
