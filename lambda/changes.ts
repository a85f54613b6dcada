import { counted, list } from './report';
import type { Subject } from './state';
import type { DesktopSettings } from '../src/private/contract';

/**
 * What an update, or a create over a fleet that was kept, asks for that cannot be done, as a sentence for whoever wrote it.
 *
 * What a desktop was made with must be what is asked for now. That is compared with what was recorded when the desktop was
 * made, not with the properties before: in a rollback those are the ones that failed.
 * @param keep the last generation whose desktops are not a rollback's to take away
 */
export function refusedChange(subjects: readonly Subject[], keep: number, isRollback: boolean): string | undefined {
  // A rollback changes no settings, so there is nothing to refuse: what exists stays as it is.
  if (!isRollback) return settingsRefused(subjects);
  const removed = membersBefore(subjects, keep).filter(({ wanted }) => !wanted);
  if (removed.length === 0) return undefined;
  return `this rollback would take ${counted(removed.length, 'user')} with a WorkSpace off the list who had it before: ${named(removed)}. `
    + 'Nothing was changed. Put them back into "users" and deploy again';
}

/** Who had a desktop of the fleet before this deployment; those on their way out are not counted. */
export function membersBefore(subjects: readonly Subject[], keep: number): Subject[] {
  return subjects.filter(({ member, madeIn }) => hasDesktop(member) && madeIn! <= keep && member?.terminatedAt === undefined && member?.releasedIn === undefined);
}

/** Whether an update would terminate more desktops than it may, as a sentence. */
export function removalsRefused(before: readonly Subject[], limitOf: (desktops: number) => number): string | undefined {
  const removed = before.filter(({ wanted }) => !wanted);
  const limit = limitOf(before.length);
  if (removed.length <= limit) return undefined;
  return `this update would terminate the ${removed.length === 1 ? 'WorkSpace' : 'WorkSpaces'} of ${removed.length} of ${counted(before.length, 'user')}, `
    + `and terminationLimit allows ${limit}: ${named(removed)}. Nothing was changed. What is on a WorkSpace is lost for ever with it: put these users back into "users", `
    + `or write "terminationLimit: TerminationLimit.count(${removed.length})" for this deployment`;
}

function named(subjects: readonly Subject[]): string {
  return list(subjects, ({ userName, member }) => `${userName} (${member!.id ?? 'being made'})`);
}

export function directoryRefused(before: string, after: string): string {
  return `this update moves the fleet from the directory ${before} to ${after}. Nothing was changed. `
    + 'This version of cdk-bulk-workspaces cannot move a fleet yet: put the directoryId back, and add a second BulkWorkspaces for the other directory';
}

function settingsRefused(subjects: readonly Subject[]): string | undefined {
  const changed = subjects.flatMap((subject) => {
    if (!subject.wanted || !subject.madeWith || !hasDesktop(subject.member)) return [];
    const differences = differencesOf(subject.madeWith, subject.wanted.settings);
    return differences.length > 0 ? [{ subject, differences }] : [];
  });
  if (changed.length === 0) return undefined;
  const names = list(changed, ({ subject, differences }) => `${subject.userName}: ${differences.join(', ')}`);
  return `the WorkSpaces of ${counted(changed.length, 'user')} exist, and this deployment would have them with other settings: ${names}. `
    + 'Nothing was changed. This version of cdk-bulk-workspaces makes and removes WorkSpaces and cannot change existing ones yet: put the old settings back for these users';
}

function hasDesktop(member: Subject['member']): boolean {
  return member?.id !== undefined || member?.unknown !== undefined;
}

/** `BundleId wsb-a -> wsb-b`, for every member that differs. */
function differencesOf(before: DesktopSettings, after: DesktopSettings): string[] {
  const [a, b] = [before, after].map((each) => each as unknown as Record<string, unknown>);
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
    .filter((member) => stable(a[member]) !== stable(b[member]))
    .map((member) => `${member} ${stable(a[member])} -> ${stable(b[member])}`);
}

/** JSON with sorted keys: the order in which tags were written is no difference. */
function stable(value: unknown): string {
  if (value === undefined) return 'not set';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))));
}
