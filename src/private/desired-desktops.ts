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

/** What a fleet says for all its desktops. The compiler stops here when it has no prop for a setting that a user has. */
export type FleetDefaults = Pick<BulkWorkspacesProps, Exclude<SettingName, UserOnly>>;

/** One user's desktop as the template asks for it. */
export interface DesiredDesktop {
  readonly userName: string;
  /** As they go over the wire. */
  readonly settings: DesktopSettings;
  /** The key behind `settings.VolumeEncryptionKey`. */
  readonly key?: VolumeKey;
  /** There is no key, and nobody has said that there is to be none. */
  readonly isUnencryptedByDefault: boolean;
}

/** Lays every user's settings over the fleet's, and refuses what cannot be. */
export function desiredDesktops(scope: IConstruct, fleet: FleetDefaults, entries: readonly UserEntry[]): DesiredDesktop[] {
  const defaults = settingsIn(fleet, 'fleet');
  refuse(settingsProblem(defaults, "the bundle's"), scope);
  refuse(volumeSizesProblem(defaults.rootVolumeSize, defaults.userVolumeSize), scope);
  if (isKeyForNothing(defaults)) fail(scope, KEY_FOR_NOTHING);
  // Most users have nothing of their own: one desktop's settings are those of all of them.
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

  // Where the flags say that neither volume is encrypted, the fleet's key is for the others.
  const key = isKeyForNothing(settings) ? undefined : settings.volumeEncryptionKey;
  return {
    userName,
    key: key && volumeKey(key),
    isUnencryptedByDefault: !settings.volumeEncryptionKey && !isToBePlain(settings),
    settings: membersOf({ ...settings, bundleId, volumeEncryptionKey: key }),
  };
}

/** Those that are given; in plain JavaScript, null is like nothing. */
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

const KEY_FOR_NOTHING = "'volumeEncryptionKey' is given and neither volume is to be encrypted with it; " +
  "leave it out, or one of 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled'";

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
    return `'${root ? 'rootVolumeEncryptionEnabled' : 'userVolumeEncryptionEnabled'}' is true and there is no 'volumeEncryptionKey'; ` +
      "give a key, for the one that AWS manages kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')";
  }
  if (isKeyForNothing(settings)) return own.volumeEncryptionKey && KEY_FOR_NOTHING;
  return keyProblem(key);
}
