import { counted, list } from './report';
import type { Subject } from './state';
import type { DesktopSettings } from '../src/private/contract';

/**
 * What an update, or a create over a fleet that was kept, asks for that cannot be done, as a sentence for whoever wrote it.
 *
 * An update may add users. What it takes away must have been made by a deployment that failed, or by the one that is
 * being rolled back; and what a desktop was made with must be what is asked for now. That is compared with what was
 * recorded when the desktop was made, not with the properties before: in a rollback those are the ones that failed.
 * @param keep the last generation whose desktops are not this update's to take away
 */
export function refusedChange(subjects: readonly Subject[], keep: number, isRollback: boolean): string | undefined {
  const removed = subjects.filter(({ wanted, member, madeIn }) => !wanted && hasDesktop(member) && madeIn! <= keep);
  if (removed.length > 0) return removalRefused(removed);
  // A rollback changes no settings, so there is nothing to refuse: what exists stays as it is.
  return isRollback ? undefined : settingsRefused(subjects);
}

function removalRefused(subjects: readonly Subject[]): string {
  const names = list(subjects, ({ userName, member }) => `${userName} (${member!.id ?? 'being made'})`);
  return `this update takes ${counted(subjects.length, 'user')} with a WorkSpace off the list: ${names}. `
    + 'Nothing was changed. This version of cdk-bulk-workspaces adds users to a fleet and cannot take any away yet: put them back into "users"';
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
    + 'Nothing was changed. This version of cdk-bulk-workspaces adds users to a fleet and cannot change their WorkSpaces yet: put the old settings back for these users';
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
