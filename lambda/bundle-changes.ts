import type { Now } from './observe';
import type { Request } from './properties';
import { pairwise, same } from './settings-changes';
import type { Subject } from './state';
import type { DesktopSettings } from '../src/private/contract';

const ENCRYPTION = ['VolumeEncryptionKey', 'RootVolumeEncryptionEnabled', 'UserVolumeEncryptionEnabled'] as const;

/** Whether what a desktop was made with, and can only be made with, is not what is wanted. */
export function differsInKind({ madeWith, wanted }: Subject): Kinds {
  return madeWith && wanted ? kinds(madeWith, wanted.settings) : { bundle: false, encryption: false };
}

interface Kinds {
  readonly bundle: boolean;
  readonly encryption: boolean;
}

const kinds = pairwise((before, after): Kinds => {
  const is = (member: typeof ENCRYPTION[number], of: DesktopSettings) => (member === 'VolumeEncryptionKey' ? of[member] : of[member] ?? 'false');
  return { bundle: before.BundleId !== after.BundleId, encryption: ENCRYPTION.some((member) => !same(is(member, before), is(member, after))) };
});

/** Whether there is a desktop that stands for the user, and is going to stay so unless something is done. */
function isStanding({ member, wanted }: Subject): boolean {
  const isLeaving = member?.terminatedAt !== undefined || member?.terminating || member?.releasedIn !== undefined;
  return wanted !== undefined && member?.id !== undefined && !isLeaving;
}

/**
 * Whether a desktop is to be terminated and made anew; one that was adopted never is.
 * @param keep up to this generation desktops count for the termination limit, and others are not replaced
 */
export function isReplaced(subject: Subject, { bundleChange }: Pick<Request, 'bundleChange'>, keep: number): boolean {
  if (bundleChange !== 'REPLACE' || (subject.madeIn ?? Infinity) > keep || !isStanding(subject)) return false;
  if (subject.member!.adopted || subject.member!.migrating) return false;
  const { bundle, encryption } = differsInKind(subject);
  return bundle || encryption;
}

/** Whether a desktop is to be migrated; one that was adopted never is: the service terminates it in the end. */
export function isMigrated(subject: Subject, { bundleChange }: Pick<Request, 'bundleChange'>, { generation }: Pick<Now, 'generation'>): boolean {
  if (!isStanding(subject) || subject.member!.migrating) return false;
  const { member } = subject;
  const isLeft = member!.notes?.generation === generation && member!.notes.notes.some(({ property }) => property === 'BundleId');
  const isRefused = member!.changeFailure?.generation === generation;
  return bundleChange === 'MIGRATE' && !member!.adopted && !isLeft && !isRefused && differsInKind(subject).bundle;
}
