import { failedChanges } from './failures';
import type { DesktopSettings } from '../../src/private/contract';
import type { ObservedDesktop } from '../aws/workspaces-api';
import type { User } from '../ledger/user';
import { isComing, isStanding, type DesktopRecord } from '../ledger/user-record';
import {
  asSent, CHANGEABLE, CHANGEABLE_PROPERTIES, type ChangeableSetting, changedWith, FIXED, GROWING, type GrowingSetting, type Setting,
} from '../request/desktop-settings';

/** The change that one call makes. */
export interface Change {
  readonly property: ChangeableSetting;
  /** The recorded settings after this call; unchanged if the call is only an intermediate step to the desired value. */
  readonly settings: DesktopSettings;
  /** What the service is asked for. */
  readonly ask: Ask;
}

export type Ask =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tags'; readonly put: Readonly<Record<string, string>>; readonly remove: readonly string[] }
  | { readonly kind: 'properties'; readonly properties: Readonly<Record<string, unknown>> };

/** From small to large, as far as AWS orders them. Used only to tell when the service will accept a change. */
const COMPUTE_TYPES = [
  ['VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE'],
  ['GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN'],
];

const SMALLEST_LARGE_ROOT = 175;
export const SMALLEST_LARGE_USER = 100;

/** The settings that differ and are changed in place. A setting that the template does not specify (any more) never differs. */
export function settingsDiff({ recordedSettings, desired }: User): readonly ChangeableSetting[] {
  return recordedSettings && desired ? differences(recordedSettings, desired.settings) : [];
}

const differences = pairwise((before, after): readonly ChangeableSetting[] => CHANGEABLE.filter((setting) => {
  if (setting === 'Tags') return !same(before.Tags ?? {}, after.Tags ?? {});
  return changedWith(setting).some((each) => differs(before, after, each));
}));

/** Remembers the answer for each pair of settings: thousands of users share them, and a step asks for each user again and again. */
export function pairwise<T>(compare: (before: DesktopSettings, after: DesktopSettings) => T): (before: DesktopSettings, after: DesktopSettings) => T {
  const known = new WeakMap<DesktopSettings, WeakMap<DesktopSettings, { readonly answer: T }>>();
  return (before, after) => {
    const of = known.get(before) ?? new WeakMap<DesktopSettings, { readonly answer: T }>();
    known.set(before, of);
    const found = of.get(after) ?? { answer: compare(before, after) };
    of.set(after, found);
    return found.answer;
  };
}

function differs(before: DesktopSettings, after: DesktopSettings, member: Setting): boolean {
  return after[member] !== undefined && !same(before[member], after[member]);
}

/** The differing settings that this deployment still has to change: without those that the service accepts only later, or has refused. */
export function openChanges(user: User, generation: number, which: 'undoable' | 'final' | 'all'): ChangeableSetting[] {
  const { record } = user;
  if (!isStanding(record) || isComing(record) || (!record.changing && settingsDiff(user).length === 0)) return [];
  const left = record.notes?.generation === generation ? record.notes.notes.map((each) => each.property) : [];
  const settings = [...new Set([...settingsDiff(user), ...(record.changing ? [record.changing.property] : [])])]
    .filter((each) => !left.includes(each) && !isRefused(record, generation, each));
  return settings.filter((each) => which === 'all' || isFinal(each, user) === (which === 'final'));
}

function isRefused(record: DesktopRecord, generation: number, setting: ChangeableSetting): boolean {
  return failedChanges(record, generation).some(({ property }) => property === setting);
}

/** Whether the change cannot be undone, or must follow one that cannot. */
function isFinal(setting: ChangeableSetting, user: User): boolean {
  if (isGrowing(setting)) return true;
  // GeneralPurpose types need large volumes first.
  const isGeneralPurpose = user.desired?.settings.ComputeTypeName?.startsWith('GENERALPURPOSE') ?? false;
  return setting === 'ComputeTypeName' && isGeneralPurpose && settingsDiff(user).some(isGrowing);
}

function isGrowing(setting: Setting): setting is GrowingSetting {
  return (GROWING as readonly Setting[]).includes(setting);
}

/** The call that changes one setting, judged by the record and by the observed desktop. */
export function callFor({ recordedSettings, desired }: User, property: ChangeableSetting, desktop: ObservedDesktop): Change {
  const { settings } = desired!;
  if (property === 'Tags') return tagChange(recordedSettings!, settings);
  const members = changedWith(property);
  const set = Object.fromEntries(members.map((member) => [member, settings[member]]).filter(([, value]) => value !== undefined));
  const recorded: DesktopSettings = { ...recordedSettings!, ...set };
  if (isGrowing(property)) return volumeChange(property, recordedSettings!, settings, desktop, recorded);
  const actual = (desktop.actual ?? {}) as Readonly<Record<string, unknown>>;
  const asked = Object.fromEntries(members.map((member) => [member, asSent(member, settings[member])]));
  const isThereAlready = members.every((member) => (member !== property && asked[member] === undefined) || same(actual[member], asked[member]));
  return { property, settings: recorded, ask: isThereAlready ? { kind: 'nothing' } : asking(asked) };
}

/** Changes only tags that the template has or had. All other tags stay. */
function tagChange(before: DesktopSettings, { Tags: after = {} }: DesktopSettings): Change {
  const { Tags: old = {}, ...others } = before;
  const put = Object.fromEntries(Object.entries(after).filter(([key, value]) => old[key] !== value));
  const remove = Object.keys(old).filter((key) => !Object.hasOwn(after, key));
  const settings: DesktopSettings = Object.keys(after).length > 0 ? { ...others, Tags: after } : others;
  return { property: 'Tags', settings, ask: { kind: 'tags', put, remove } };
}

/**
 * The service allows only some sizes, and they require this order: the user volume to 100, the root volume to 175 or more, and then the
 * user volume further (https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html).
 */
function volumeChange(
  property: GrowingSetting,
  before: DesktopSettings,
  settings: DesktopSettings,
  { actual }: ObservedDesktop,
  recorded: DesktopSettings,
): Change {
  const size = Number(settings[property]);
  const is = actual?.[property] ?? 0;
  if (is >= size) return { property, settings: recorded, ask: { kind: 'nothing' } };
  const root = actual?.RootVolumeSizeGib ?? SMALLEST_LARGE_ROOT;
  const isOnTheWay = property === 'UserVolumeSizeGib' && size > SMALLEST_LARGE_USER && is < SMALLEST_LARGE_USER && root < SMALLEST_LARGE_ROOT;
  if (isOnTheWay) return { property, settings: before, ask: asking({ [property]: SMALLEST_LARGE_USER }) };
  return { property, settings: recorded, ask: asking({ [property]: size }) };
}

function asking(properties: Record<string, unknown>): Ask {
  return { kind: 'properties', properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) };
}

/** The property to change next. If both volumes are open, their present sizes decide. */
export function nextOf(open: readonly ChangeableSetting[], { actual }: ObservedDesktop, desired: DesktopSettings): ChangeableSetting | undefined {
  const [first] = open;
  if (first !== 'UserVolumeSizeGib' || !open.includes('RootVolumeSizeGib')) return first;
  const isUserLargeEnough = (actual?.UserVolumeSizeGib ?? 0) >= Math.min(SMALLEST_LARGE_USER, Number(desired.UserVolumeSizeGib));
  return isUserLargeEnough && (actual?.RootVolumeSizeGib ?? 0) < Number(desired.RootVolumeSizeGib) ? 'RootVolumeSizeGib' : first;
}

/** Whether the desktop has what was asked for. */
export function isThere(asked: Readonly<Record<string, unknown>>, { actual }: ObservedDesktop): boolean {
  return Object.entries(asked).every(([member, value]) => same((actual as Record<string, unknown> | undefined)?.[member], value));
}

/** Whether a type is larger than another; undefined if AWS's order is not known. */
export function isLarger(after: string, before: string): boolean | undefined {
  const family = COMPUTE_TYPES.find((types) => types.includes(after) && types.includes(before));
  return family && family.indexOf(after) > family.indexOf(before);
}

/** The volumes that an update would make smaller. Volumes can only grow. */
export function shrunk({ recordedSettings, desired }: User): GrowingSetting[] {
  if (!recordedSettings || !desired) return [];
  return GROWING.filter((each) => Number(desired.settings[each] ?? Infinity) < Number(recordedSettings[each] ?? 0));
}

const unspecifiedIn = pairwise((before, after) => (
  [...CHANGEABLE_PROPERTIES, ...FIXED].filter((member) => before[member] !== undefined && after[member] === undefined)
));

/**
 * The settings to record for a desktop if the template no longer specifies some of them, or if a rollback cannot shrink its volumes.
 * Undefined if the record stays as it is.
 */
export function acceptedAsDesired(user: User, isRollback: boolean): DesktopSettings | undefined {
  const { recordedSettings, desired } = user;
  if (!recordedSettings || !desired) return undefined;
  const unspecified = unspecifiedIn(recordedSettings, desired.settings);
  const unshrinkable = isRollback ? shrunk(user) : [];
  if (unspecified.length + unshrinkable.length === 0) return undefined;
  const settings: Record<string, unknown> = { ...recordedSettings };
  for (const member of unspecified) delete settings[member];
  for (const property of unshrinkable) settings[property] = desired.settings[property];
  return settings as unknown as DesktopSettings;
}

/** The settings after a deployment that may have made all its changes in place. */
export function asChanged(settings: DesktopSettings, asked: DesktopSettings | undefined): DesktopSettings {
  const changed = [...CHANGEABLE_PROPERTIES, 'Tags' as const].map((member) => [member, asked?.[member]]).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(changed) };
}

/** The settings of a desktop that others have made, as far as the template specifies them. */
export function actualSettings(desired: DesktopSettings, desktop: ObservedDesktop, tags: Readonly<Record<string, string>>): DesktopSettings {
  const { bundleId, rootEncrypted, userEncrypted } = desktop;
  const actual = (desktop.actual ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (value === undefined ? undefined : Array.isArray(value) ? value.map(String) : String(value));
  const settings: Record<string, unknown> = { BundleId: bundleId ?? desired.BundleId };
  for (const member of CHANGEABLE_PROPERTIES) {
    // A value that is not shown counts as different, so that the service is asked for the desired one.
    settings[member] = desired[member] === undefined ? undefined : text(actual[member]) ?? '';
  }
  // A volume larger than asked for is accepted: it cannot shrink.
  for (const volume of GROWING) {
    if (Number(settings[volume]) > Number(desired[volume])) settings[volume] = desired[volume];
  }
  for (const member of FIXED) settings[member] = desired[member];
  if (rootEncrypted) settings.RootVolumeEncryptionEnabled = 'true';
  if (userEncrypted) settings.UserVolumeEncryptionEnabled = 'true';
  // The service shows the key's ARN. The template may name the key differently.
  if (rootEncrypted || userEncrypted) settings.VolumeEncryptionKey = desired.VolumeEncryptionKey;
  settings.Tags = Object.fromEntries(Object.keys(desired.Tags ?? {}).filter((key) => Object.hasOwn(tags, key)).map((key) => [key, tags[key]]));
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as DesktopSettings;
}

export function same(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

/** JSON with sorted keys, because the order of tags makes no difference. */
export function stable(value: unknown): string {
  if (value === undefined) return 'not set';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))));
}
