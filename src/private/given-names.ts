import { SettingName, SETTINGS } from './desktop-settings';
import { distanceBetween } from './near-names';
import type { Problem } from './validation';
import type { BulkWorkspacesProps } from '../bulk-workspaces-props';

/** Names of props. For each, the headers of its CSV columns, which people may write instead of the prop's name. */
type Names = ReadonlyMap<string, readonly string[]>;

const OF_SETTINGS: readonly (readonly [string, readonly string[]])[] = SETTINGS.map(([name, { csv }]) => [name, csv?.columns ?? []]);

/** The props of a fleet that are not settings of desktops. The compiler reports an error here if one is missing. */
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
 * Finds a misspelt prop, which no compiler finds in plain JavaScript. With `volumeEncryptionkey`, for example, the volumes would stay
 * unencrypted. A name that is not similar to one of ours is accepted: people may pass an object that has more members than our props.
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
