import { pairwise, same } from './settings-diff';
import type { DesktopSettings } from '../../src/private/contract';
import type { DesktopUser, User } from '../ledger/user';
import { isStanding, type DesktopRecord } from '../ledger/user-record';
import { ENCRYPTION, type Setting } from '../request/desktop-settings';
import type { Request } from '../request/resource-properties';

/** No encryption is the same whether it is said or not. */
export function saidOf(settings: DesktopSettings, member: Setting): unknown {
  return member.endsWith('EncryptionEnabled') ? settings[member] ?? 'false' : settings[member];
}

/** Whether two texts mean the same; of keys, an alias by its name and by its ARN. */
export function isSame(member: Setting, a: unknown, b: unknown): boolean {
  if (member !== 'VolumeEncryptionKey' || typeof a !== 'string' || typeof b !== 'string') return same(a, b);
  const isNameOf = (name: string, arn: string) => /^arn:[^:]+:kms:[^:]*:[^:]*:(key\/)?(.+)$/.exec(arn)?.[2] === name;
  return a === b || isNameOf(a, b) || isNameOf(b, a);
}

/** Whether what a desktop was made with, and can only be made with, is not what is desired. */
export function differsInKind({ recordedSettings, desired }: User): Kinds {
  return recordedSettings && desired ? kinds(recordedSettings, desired.settings) : { bundle: false, encryption: false };
}

interface Kinds {
  readonly bundle: boolean;
  readonly encryption: boolean;
}

const kinds = pairwise((before, after): Kinds => ({
  bundle: before.BundleId !== after.BundleId,
  encryption: ENCRYPTION.some((member) => !isSame(member, saidOf(before, member), saidOf(after, member))),
}));

/** Whether it may be replaced or migrated: not what was adopted, and not what this deployment has found, which nobody has counted. */
function mayGiveWay({ desired, record, madeIn }: DesktopUser, deployedUpTo: number): boolean {
  return desired !== undefined && isStanding(record) && !record.adopted && !record.migrating && madeIn <= deployedUpTo;
}

/**
 * Whether a desktop is to be replaced: terminated, and another one made.
 * @param deployedUpTo up to this generation, a desktop belongs to the deployment before
 */
export function isReplaced(user: DesktopUser, { bundleChange }: Pick<Request, 'bundleChange'>, deployedUpTo: number): boolean {
  if (bundleChange !== 'REPLACE' || !mayGiveWay(user, deployedUpTo)) return false;
  const { bundle, encryption } = differsInKind(user);
  return bundle || encryption;
}

/**
 * Whether a desktop is to be migrated; the service terminates it in the end.
 * @param deployedUpTo up to this generation, a desktop belongs to the deployment before
 */
export function isMigrated(user: DesktopUser, { bundleChange }: Pick<Request, 'bundleChange'>, generation: number, deployedUpTo: number): boolean {
  if (bundleChange !== 'MIGRATE' || !mayGiveWay(user, deployedUpTo) || !differsInKind(user).bundle) return false;
  return !isAnswered(user.record, generation);
}

/** Whether this deployment has tried to migrate it and cannot now, or not at all; the record says why. */
export function isAnswered({ notes, changeFailure }: DesktopRecord, generation: number): boolean {
  const isLeft = notes?.generation === generation && notes.notes.some(({ property }) => property === 'BundleId');
  return isLeft || changeFailure?.generation === generation;
}
