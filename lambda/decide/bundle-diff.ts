import { failedChanges } from './failures';
import { pairwise, same } from './settings-diff';
import type { DesktopSettings } from '../../src/private/contract';
import type { DesktopUser, User } from '../ledger/user';
import { isComing, isStanding, type DesktopRecord } from '../ledger/user-record';
import { ENCRYPTION, type Setting } from '../request/desktop-settings';
import type { Request } from '../request/resource-properties';

/** The value of a setting. Encryption that is not set counts as 'false'. */
export function valueIn(settings: DesktopSettings, member: Setting): unknown {
  return member.endsWith('EncryptionEnabled') ? settings[member] ?? 'false' : settings[member];
}

/** Whether two values mean the same. A key may be named by an alias, or by the alias's ARN. */
export function isSame(member: Setting, a: unknown, b: unknown): boolean {
  if (member !== 'VolumeEncryptionKey' || typeof a !== 'string' || typeof b !== 'string') return same(a, b);
  const isNameOf = (name: string, arn: string) => /^arn:[^:]+:kms:[^:]*:[^:]*:(key\/)?(.+)$/.exec(arn)?.[2] === name;
  return a === b || isNameOf(a, b) || isNameOf(b, a);
}

/** Which of the settings that are fixed when a desktop is made differ from the desired ones. */
export function differsInKind({ recordedSettings, desired }: User): Kinds {
  return recordedSettings && desired ? kinds(recordedSettings, desired.settings) : { bundle: false, encryption: false };
}

interface Kinds {
  readonly bundle: boolean;
  readonly encryption: boolean;
}

const kinds = pairwise((before, after): Kinds => ({
  bundle: before.BundleId !== after.BundleId,
  encryption: ENCRYPTION.some((member) => !isSame(member, valueIn(before, member), valueIn(after, member))),
}));

/** Whether it may be replaced or migrated. Not if it was adopted, is not handed over yet, or if this deployment found it: the termination limit has not counted it. */
function mayBeReplaced({ desired, record, madeIn }: DesktopUser, deployedUpTo: number): boolean {
  return desired !== undefined && isStanding(record) && !record.adopted && !record.migrating && !isComing(record) && madeIn <= deployedUpTo;
}

/**
 * Whether a desktop is to be replaced: it is terminated, and another one is made.
 * @param deployedUpTo up to this generation, a desktop belongs to the deployment before
 */
export function isReplaced(user: DesktopUser, { bundleChange }: Pick<Request, 'bundleChange'>, deployedUpTo: number): boolean {
  if (bundleChange !== 'REPLACE' || !mayBeReplaced(user, deployedUpTo)) return false;
  const { bundle, encryption } = differsInKind(user);
  return bundle || encryption;
}

/**
 * Whether a desktop is to be migrated. The service terminates it at the end.
 * @param deployedUpTo up to this generation, a desktop belongs to the deployment before
 */
export function isMigrated(user: DesktopUser, { bundleChange }: Pick<Request, 'bundleChange'>, generation: number, deployedUpTo: number): boolean {
  if (bundleChange !== 'MIGRATE' || !mayBeReplaced(user, deployedUpTo) || !differsInKind(user).bundle) return false;
  return !isMigrationImpossible(user.record, generation);
}

/** Whether this deployment has tried to migrate it, and cannot now or at all. The record says why. */
export function isMigrationImpossible(record: DesktopRecord, generation: number): boolean {
  const { notes } = record;
  const isLeft = notes?.generation === generation && notes.notes.some(({ property }) => property === 'BundleId');
  return isLeft || failedChanges(record, generation).length > 0;
}
