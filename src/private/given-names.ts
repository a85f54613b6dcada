import { SettingName, SETTINGS } from './desktop-settings';
import { distanceBetween } from './near-names';
import type { Problem } from './validation';
import type { BulkWorkspacesProps } from '../bulk-workspaces-props';

/** A prop, and how else people may write it: the columns of CSV files. */
type Names = ReadonlyMap<string, readonly string[]>;

const OF_SETTINGS: readonly (readonly [string, readonly string[]])[] = SETTINGS.map(([name, { csv }]) => [name, csv?.columns ?? []]);

/** Beside the settings. The compiler stops here when there is another. */
const OF_FLEETS: Record<Exclude<keyof BulkWorkspacesProps, SettingName>, true> = {
  directoryId: true,
  users: true,
  waitFor: true,
  timeout: true,
  lateWorkspaces: true,
  failureTolerance: true,
  existingWorkspaces: true,
  bundleChange: true,
  removedUsers: true,
  terminationLimit: true,
  removalPolicy: true,
  refresh: true,
  logGroup: true,
  outputs: true,
};

export const FLEET_NAMES: Names = new Map([...OF_SETTINGS, ...Object.keys(OF_FLEETS).map(name => [name, []] as const)]);
export const USER_NAMES: Names = new Map([...OF_SETTINGS, ['userName', []]]);

/**
 * A prop that no compiler has told to be misspelt: `volumeEncryptionkey`, say, which leaves the volumes unencrypted for good.
 * Props of other names may be of a struct that is larger than ours, and pass.
 */
export function namesProblem(props: object, known: Names): Problem {
  for (const given of Object.keys(props)) {
    if (known.has(given)) continue;
    for (const [name, others] of known) {
      if (!(name in props) && (others.includes(given) || isMisspelt(given, name))) return `'${given}' is not known; did you mean '${name}'?`;
    }
  }
  return undefined;
}

function isMisspelt(given: string, name: string): boolean {
  const distance = distanceBetween(given.toLowerCase(), name.toLowerCase());
  return distance <= 2 && distance < given.length / 3;
}
