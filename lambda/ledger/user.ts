import { isDesktop, type DesktopRecord, type UserRecord } from './user-record';
import type { DesktopSettings } from '../../src/private/contract';
import type { DesiredDesktop } from '../request/resource-properties';

/** One user: what is desired for them, and what is recorded. */
export interface User {
  readonly key: string;
  readonly userName: string;
  /** Absent when the fleet is to have no desktop for this user. */
  readonly desired?: DesiredDesktop;
  readonly record?: UserRecord;
  /** The generation, and the time, of the call that the record stands in; of a migration, its time. */
  readonly madeIn?: number;
  readonly madeAt?: number;
  /** What the desktop was made with, and changed to since. */
  readonly recordedSettings?: DesktopSettings;
}

/** A user with a record, whatever it says. */
export type RecordedUser = User & { readonly record: UserRecord; readonly madeIn: number; readonly madeAt: number };
/** A user with a desktop that has been this fleet's. */
export type DesktopUser = RecordedUser & { readonly record: DesktopRecord };
/** A user who is to have a desktop. */
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
