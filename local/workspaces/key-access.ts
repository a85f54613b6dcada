import type { Call } from '../core/service';

/** Whether the caller's permissions allow what WorkSpaces does with a key in the caller's name. */
export interface KeyAccess {
  mayUse(call: Call, keyArn: string): boolean;
}

/** Without IAM, everybody may use every key. */
export const EVERY_KEY: KeyAccess = { mayUse: () => true };
