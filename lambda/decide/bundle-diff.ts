import type { Member } from '../ledger/ledger';
import type { Request } from '../request/resource-properties';
import { pairwise, same } from './settings-diff';
import { isStanding, type Subject } from '../ledger/state';
import type { DesktopSettings } from '../../src/private/contract';

export const ENCRYPTION = ['RootVolumeEncryptionEnabled', 'UserVolumeEncryptionEnabled', 'VolumeEncryptionKey'] as const;

/** No encryption is the same whether it is said or not. */
export function saidOf(settings: DesktopSettings, member: keyof DesktopSettings): unknown {
  return member.endsWith('EncryptionEnabled') ? settings[member] ?? 'false' : settings[member];
}

/** Whether two texts mean the same; of keys, an alias by its name and by its ARN. */
export function isSame(member: keyof DesktopSettings, a: unknown, b: unknown): boolean {
  if (member !== 'VolumeEncryptionKey' || typeof a !== 'string' || typeof b !== 'string') return same(a, b);
  const isNameOf = (name: string, arn: string) => /^arn:[^:]+:kms:[^:]*:[^:]*:(key\/)?(.+)$/.exec(arn)?.[2] === name;
  return a === b || isNameOf(a, b) || isNameOf(b, a);
}

/** Whether what a desktop was made with, and can only be made with, is not what is wanted. */
export function differsInKind({ madeWith, wanted }: Subject): Kinds {
  return madeWith && wanted ? kinds(madeWith, wanted.settings) : { bundle: false, encryption: false };
}

interface Kinds {
  readonly bundle: boolean;
  readonly encryption: boolean;
}

const kinds = pairwise((before, after): Kinds => ({
  bundle: before.BundleId !== after.BundleId,
  encryption: ENCRYPTION.some((member) => !isSame(member, saidOf(before, member), saidOf(after, member))),
}));

/** Whether it may give way to another one: not what was adopted, and not what this deployment has come upon, which nobody has counted. */
function mayGiveWay({ wanted, member, madeIn }: Subject, deployed: number): boolean {
  return wanted !== undefined && isStanding(member) && !member!.adopted && !member!.migrating && (madeIn ?? Infinity) <= deployed;
}

/**
 * Whether a desktop is to be terminated and made anew.
 * @param deployed up to this generation, a desktop belongs to the deployment before
 */
export function isReplaced(subject: Subject, { bundleChange }: Pick<Request, 'bundleChange'>, deployed: number): boolean {
  if (bundleChange !== 'REPLACE' || !mayGiveWay(subject, deployed)) return false;
  const { bundle, encryption } = differsInKind(subject);
  return bundle || encryption;
}

/**
 * Whether a desktop is to be migrated; the service terminates it in the end.
 * @param deployed up to this generation, a desktop belongs to the deployment before
 */
export function isMigrated(subject: Subject, { bundleChange }: Pick<Request, 'bundleChange'>, generation: number, deployed: number): boolean {
  if (bundleChange !== 'MIGRATE' || !mayGiveWay(subject, deployed) || !differsInKind(subject).bundle) return false;
  return !isAnswered(subject.member!, generation);
}

/** Whether this deployment has tried to migrate it and cannot now, or not at all; the record says why. */
export function isAnswered({ notes, changeFailure }: Member, generation: number): boolean {
  const isLeft = notes?.generation === generation && notes.notes.some(({ property }) => property === 'BundleId');
  return isLeft || changeFailure?.generation === generation;
}
