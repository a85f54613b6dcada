import type { DesktopSettings } from '../../src/private/contract';

export type Setting = keyof DesktopSettings;

/** What the handler knows of one setting of a desktop. */
export interface SettingRule {
  /** The type that the service accepts. The contract has only texts, lists of texts and maps of texts. A `key` is sent as the ARN of the key. */
  readonly type: 'text' | 'number' | 'flag' | 'list' | 'map' | 'key' | 'tags';
  /** The structure of CreateWorkspaces that has it. Only members of `WorkspaceProperties`, and tags, can be changed in place. */
  readonly sentIn: 'WorkspaceRequest' | 'WorkspaceProperties';
  readonly change: ChangeRule;
  /** What `ModificationStates` calls a change of it. */
  readonly resource?: string;
}

/**
 * What happens to a desktop whose value differs from the template's.
 *
 * - `in-place`: the service changes it, in the sequence of `order`. A change that `grows` a volume cannot be undone, and comes last.
 * - `with`: changed together with another setting.
 * - `fixed`: never changed; an update that asks for it is refused.
 * - `bundle`, `encryption`: `bundleChange` decides.
 */
export type ChangeRule =
  | { readonly kind: 'in-place'; readonly order: number; readonly grows?: true }
  | { readonly kind: 'with'; readonly setting: Setting }
  | { readonly kind: 'fixed' | 'bundle' | 'encryption' };

/**
 * Every setting of a desktop. A member of the contract that is missing here does not compile. Whether the SDK knows a member makes no
 * difference (`aws/newer-members.ts`).
 */
export const DESKTOP_SETTINGS = {
  BundleId: { type: 'text', sentIn: 'WorkspaceRequest', change: { kind: 'bundle' } },
  RootVolumeEncryptionEnabled: { type: 'flag', sentIn: 'WorkspaceRequest', change: { kind: 'encryption' } },
  UserVolumeEncryptionEnabled: { type: 'flag', sentIn: 'WorkspaceRequest', change: { kind: 'encryption' } },
  VolumeEncryptionKey: { type: 'key', sentIn: 'WorkspaceRequest', change: { kind: 'encryption' } },
  RunningMode: { type: 'text', sentIn: 'WorkspaceProperties', change: { kind: 'in-place', order: 2 } },
  RunningModeAutoStopTimeoutInMinutes: { type: 'number', sentIn: 'WorkspaceProperties', change: { kind: 'with', setting: 'RunningMode' } },
  ComputeTypeName: { type: 'text', sentIn: 'WorkspaceProperties', change: { kind: 'in-place', order: 4 }, resource: 'COMPUTE_TYPE' },
  UserVolumeSizeGib: { type: 'number', sentIn: 'WorkspaceProperties', change: { kind: 'in-place', order: 5, grows: true }, resource: 'USER_VOLUME' },
  RootVolumeSizeGib: { type: 'number', sentIn: 'WorkspaceProperties', change: { kind: 'in-place', order: 6, grows: true }, resource: 'ROOT_VOLUME' },
  Protocols: { type: 'list', sentIn: 'WorkspaceProperties', change: { kind: 'in-place', order: 3 }, resource: 'PROTOCOL' },
  OperatingSystemName: { type: 'text', sentIn: 'WorkspaceProperties', change: { kind: 'fixed' } },
  GlobalAccelerator: { type: 'map', sentIn: 'WorkspaceProperties', change: { kind: 'fixed' } },
  NestedVirtualizationEnabled: { type: 'flag', sentIn: 'WorkspaceProperties', change: { kind: 'fixed' } },
  Ipv6Address: { type: 'text', sentIn: 'WorkspaceRequest', change: { kind: 'fixed' } },
  Tags: { type: 'tags', sentIn: 'WorkspaceRequest', change: { kind: 'in-place', order: 1 } },
} as const satisfies Readonly<Record<Setting, SettingRule>>;

type Kind<S extends Setting> = (typeof DESKTOP_SETTINGS)[S]['change']['kind'];
type SettingOf<K extends ChangeRule['kind']> = { [S in Setting]-?: Kind<S> extends K ? S : never }[Setting];

/** Changed in place, by a call of its own. */
export type ChangeableSetting = SettingOf<'in-place'>;
/** Volumes: they never shrink. */
export type GrowingSetting = { [S in ChangeableSetting]: (typeof DESKTOP_SETTINGS)[S]['change'] extends { grows: true } ? S : never }[ChangeableSetting];

const ALL = Object.keys(DESKTOP_SETTINGS) as Setting[];

export function ruleOf(setting: Setting): SettingRule {
  return DESKTOP_SETTINGS[setting];
}

function settingsOf<K extends ChangeRule['kind']>(kind: K): readonly SettingOf<K>[] {
  return ALL.filter((each): each is SettingOf<K> => ruleOf(each).change.kind === kind);
}

function orderOf(setting: Setting): number {
  const { change } = ruleOf(setting);
  return change.kind === 'in-place' ? change.order : Infinity;
}

/** In the order in which they are changed. */
export const CHANGEABLE: readonly ChangeableSetting[] = [...settingsOf('in-place')].sort((a, b) => orderOf(a) - orderOf(b));
export const GROWING = CHANGEABLE.filter((each): each is GrowingSetting => 'grows' in ruleOf(each).change);
export const FIXED = settingsOf('fixed');
export const ENCRYPTION = settingsOf('encryption');
/** What DescribeWorkspaces shows of a desktop, and an update can change: members of `WorkspaceProperties`. */
export const CHANGEABLE_PROPERTIES = [...CHANGEABLE, ...settingsOf('with')].filter((each) => ruleOf(each).sentIn === 'WorkspaceProperties');

/** A setting, and the settings that are changed with it. */
export function changedWith(setting: Setting): readonly Setting[] {
  return [setting, ...ALL.filter((each) => {
    const { change } = ruleOf(each);
    return change.kind === 'with' && change.setting === setting;
  })];
}

/** The value of a member of `WorkspaceProperties` as the service takes and shows it; undefined if the template does not specify it. */
export function asSent(setting: Setting, value: unknown): unknown {
  if (value === undefined) return undefined;
  switch (ruleOf(setting).type) {
    case 'number': return Number(value);
    case 'flag': return value === 'true';
    default: return value;
  }
}
