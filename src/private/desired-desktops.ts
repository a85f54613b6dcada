import { IConstruct } from 'constructs';
import type { DesktopSettings } from './contract';
import { membersOf, SettingName, Settings, SETTINGS, UserOnly } from './desktop-settings';
import { namesProblem, USER_NAMES } from './given-names';
import { typesProblem } from './given-types';
import type { UserEntry } from './user-entry';
import { fail, Problem, refuse, volumeSizesProblem, whoIs } from './validation';
import { keyProblem, VolumeKey, volumeKey } from './volume-key';
import type { BulkWorkspacesProps } from '../bulk-workspaces-props';
import type { WorkspaceUser } from '../workspace-user';

/** The settings that a fleet gives to all its desktops. The compiler reports an error here if a fleet lacks a setting that a user has. */
export type FleetDefaults = Pick<BulkWorkspacesProps, Exclude<SettingName, UserOnly>>;

/** The desktop that the template asks for, for one user. */
export interface DesiredDesktop {
  readonly userName: string;
  /** The settings in the form that is sent to the provider. */
  readonly settings: DesktopSettings;
  /** The key behind `settings.VolumeEncryptionKey`. */
  readonly key?: VolumeKey;
  /** True if there is no key, and the app has not said that it wants no encryption. */
  readonly isUnencryptedByDefault: boolean;
}

/** Merges each user's settings with the fleet's, which they override, and refuses what WorkSpaces cannot do. */
export function desiredDesktops(scope: IConstruct, fleet: FleetDefaults, entries: readonly UserEntry[]): DesiredDesktop[] {
  const defaults = settingsIn(fleet, 'fleet');
  refuse(settingsProblem(defaults, "the bundle's"), scope);
  refuse(volumeSizesProblem(defaults.rootVolumeSize, defaults.userVolumeSize), scope);
  if (isKeyForNothing(defaults)) fail(scope, KEY_FOR_NOTHING);
  // Most users have no settings of their own. They share one object.
  let common: Omit<DesiredDesktop, 'userName'> | undefined;
  return entries.map(entry => {
    if (hasOwnSettings(entry.user)) return desiredDesktop(scope, defaults, entry);
    common ??= desiredDesktop(scope, defaults, entry);
    return { ...common, userName: entry.user.userName };
  });
}

function hasOwnSettings(user: WorkspaceUser): boolean {
  return Object.entries(user).some(([name, value]) => name !== 'userName' && value !== undefined);
}

function desiredDesktop(scope: IConstruct, defaults: Settings, { user, where }: UserEntry): DesiredDesktop {
  const { userName } = user;
  const whose = `${whoIs(userName)}${where ? `, ${where}` : ''}`;
  const refuseOwn = (problem: Problem) => refuse(problem && `${problem} (${whose})`, scope);
  refuseOwn(namesProblem(user, USER_NAMES) ?? typesProblem(user));

  const own = settingsIn(user, 'user');
  const settings: Settings = { ...defaults, ...own };
  const { bundleId } = settings;
  if (bundleId === undefined) {
    fail(scope, `${whoIs(userName)} has no bundle${where ? ` (${where})` : ''}; give 'bundleId' to the fleet or to this user`);
  }
  refuseOwn(settingsProblem(own, "the fleet's"));
  if (own.rootVolumeSize || own.userVolumeSize) refuseOwn(volumeSizesProblem(settings.rootVolumeSize, settings.userVolumeSize));
  const encryption = encryptionProblem(settings, own);
  if (ENCRYPTION.some(name => own[name] !== undefined)) refuseOwn(encryption);
  else refuse(encryption, scope);

  // If the user's flags turn off the encryption of both volumes, the fleet's key is not sent for this user.
  const key = isKeyForNothing(settings) ? undefined : settings.volumeEncryptionKey;
  return {
    userName,
    key: key && volumeKey(key),
    isUnencryptedByDefault: !settings.volumeEncryptionKey && !isToBePlain(settings),
    settings: membersOf({ ...settings, bundleId, volumeEncryptionKey: key }),
  };
}

/** The settings that are given. Plain JavaScript may give null, which is the same as not given. */
function settingsIn(props: Settings, whose: 'fleet' | 'user'): Settings {
  const given = SETTINGS.filter(([name, { userOnly }]) => (props[name] ?? undefined) !== undefined && !(userOnly && whose === 'fleet'));
  return Object.fromEntries(given.map(([name]) => [name, props[name]]));
}

/** What is wrong with single settings. */
function settingsProblem(settings: Settings, otherwise: string): Problem {
  for (const [name, { problem }] of SETTINGS) {
    const found = settings[name] === undefined ? undefined : problem?.(settings[name], otherwise);
    if (found) return found;
  }
  return undefined;
}

const ENCRYPTION = ['volumeEncryptionKey', 'rootVolumeEncryptionEnabled', 'userVolumeEncryptionEnabled'] as const;

const KEY_FOR_NOTHING = "'volumeEncryptionKey' is given, but 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled' are both false; " +
  'remove the key, or one of the two';

function isKeyForNothing(settings: Settings): boolean {
  return settings.volumeEncryptionKey !== undefined && isToBePlain(settings);
}

function isToBePlain({ rootVolumeEncryptionEnabled: root, userVolumeEncryptionEnabled: user }: Settings): boolean {
  return root === false && user === false;
}

function encryptionProblem(settings: Settings, own: Settings): Problem {
  const { volumeEncryptionKey: key, rootVolumeEncryptionEnabled: root, userVolumeEncryptionEnabled: user } = settings;
  if (!key) {
    if (!root && !user) return undefined;
    return `'${root ? 'rootVolumeEncryptionEnabled' : 'userVolumeEncryptionEnabled'}' is true, but there is no 'volumeEncryptionKey'; ` +
      "give a key. For the key that AWS manages, write kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')";
  }
  if (isKeyForNothing(settings)) return own.volumeEncryptionKey && KEY_FOR_NOTHING;
  return keyProblem(key);
}
