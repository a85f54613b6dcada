import { isDesktop, type DesktopRecord, type UserRecord } from './user-record';
import type { DesktopSettings } from '../../src/private/contract';
import type { DesiredDesktop } from '../request/resource-properties';

/** One user: what the template desires for them, and what the ledger records. */
export interface User {
  readonly key: string;
  readonly userName: string;
  /** Absent if the user is not desired. */
  readonly desired?: DesiredDesktop;
  readonly record?: UserRecord;
  /** The generation and the time of the call that made the record. During a migration, the migration's time. */
  readonly madeIn?: number;
  readonly madeAt?: number;
  /** The settings that the desktop was made with, with all changes since. */
  readonly recordedSettings?: DesktopSettings;
}

/** A user with a record of any kind. */
export type RecordedUser = User & { readonly record: UserRecord; readonly madeIn: number; readonly madeAt: number };
/** A user with a desktop that is or was this fleet's. */
export type DesktopUser = RecordedUser & { readonly record: DesktopRecord };
/** A user who should have a desktop. */
export type DesiredUser = User & { readonly desired: DesiredDesktop };

export function isRecorded<U extends User>(user: U): user is U & RecordedUser {
  return user.record !== undefined;
}

export function hasDesktop<U extends User>(user: U): user is U & DesktopUser {
  return isDesktop(user.record);
}

export function isDesired<U extends User>(user: U): user is U & DesiredUser {
  return user.desired !== undefined;
}
