import type { DesktopSettings } from '../../src/private/contract';
import type { ObservedDesktop } from '../aws/workspaces-api';
import type { User } from '../ledger/user';
import { isStanding, type DesktopRecord } from '../ledger/user-record';
import {
  asSent, CHANGEABLE, CHANGEABLE_PROPERTIES, type ChangeableSetting, changedWith, FIXED, GROWING, type GrowingSetting, type Setting,
} from '../request/desktop-settings';

/** One call's worth of change. */
export interface Change {
  readonly property: ChangeableSetting;
  /** What the record says when this has been done; the same as before where the call is only on the way to what is desired. */
  readonly settings: DesktopSettings;
  /** What the service is asked for. */
  readonly ask: Ask;
}

export type Ask =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tags'; readonly put: Readonly<Record<string, string>>; readonly remove: readonly string[] }
  | { readonly kind: 'properties'; readonly properties: Readonly<Record<string, unknown>> };

/** From small to large, as far as AWS orders them; only for saying when the service will take a change. */
const COMPUTE_TYPES = [
  ['VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE'],
  ['GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN'],
];

const SMALLEST_LARGE_ROOT = 175;
export const SMALLEST_LARGE_USER = 100;

/** What differs and is to be changed where the desktop stands; what a template does not say (any more) is nobody's concern. */
export function settingsDiff({ recordedSettings, desired }: User): readonly ChangeableSetting[] {
  return recordedSettings && desired ? differences(recordedSettings, desired.settings) : [];
}

const differences = pairwise((before, after): readonly ChangeableSetting[] => CHANGEABLE.filter((setting) => {
  if (setting === 'Tags') return !same(before.Tags ?? {}, after.Tags ?? {});
  return changedWith(setting).some((each) => differs(before, after, each));
}));

/** Remembers the answer for two settings: thousands of users share them, and a step asks for each of these users again and again. */
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

/** The same, in this deployment still to be done: not what the service takes only later, nor what it has refused. */
export function openChanges(user: User, generation: number, which: 'undoable' | 'final' | 'all'): ChangeableSetting[] {
  const { record } = user;
  if (!isStanding(record) || (!record.changing && settingsDiff(user).length === 0)) return [];
  const left = record.notes?.generation === generation ? record.notes.notes.map((each) => each.property) : [];
  const settings = [...new Set([...settingsDiff(user), ...(record.changing ? [record.changing.property] : [])])]
    .filter((each) => !left.includes(each) && !isRefused(record, generation, each));
  return settings.filter((each) => which === 'all' || isFinal(each, user) === (which === 'final'));
}

function isRefused({ changeFailure }: DesktopRecord, generation: number, setting: ChangeableSetting): boolean {
  return changeFailure?.generation === generation && changeFailure.property === setting;
}

/** Whether it cannot be undone; or has to wait for what cannot. */
function isFinal(setting: ChangeableSetting, user: User): boolean {
  if (isGrowing(setting)) return true;
  // GeneralPurpose types need large volumes first.
  const isGeneralPurpose = user.desired?.settings.ComputeTypeName?.startsWith('GENERALPURPOSE') ?? false;
  return setting === 'ComputeTypeName' && isGeneralPurpose && settingsDiff(user).some(isGrowing);
}

function isGrowing(setting: Setting): setting is GrowingSetting {
  return (GROWING as readonly Setting[]).includes(setting);
}

/** The call for one setting, by what is recorded and what the desktop is like. */
export function callFor({ recordedSettings, desired }: User, property: ChangeableSetting, desktop: ObservedDesktop): Change {
  const { settings } = desired!;
  if (property === 'Tags') return tagChange(recordedSettings!, settings);
  const members = changedWith(property);
  const set = Object.fromEntries(members.map((member) => [member, settings[member]]).filter(([, value]) => value !== undefined));
  const recorded: DesktopSettings = { ...recordedSettings!, ...set };
  if (isGrowing(property)) return volumeChange(property, recordedSettings!, settings, desktop, recorded);
  const actual = (desktop.actual ?? {}) as Readonly<Record<string, unknown>>;
  const asked = Object.fromEntries(members.map((member) => [member, asSent(member, settings[member])]));
  const isSoAlready = members.every((member) => (member !== property && asked[member] === undefined) || same(actual[member], asked[member]));
  return { property, settings: recorded, ask: isSoAlready ? { kind: 'nothing' } : asking(asked) };
}

/** Only tags that the template has or had: whoever else's stay. */
function tagChange(before: DesktopSettings, { Tags: after = {} }: DesktopSettings): Change {
  const { Tags: old = {}, ...others } = before;
  const put = Object.fromEntries(Object.entries(after).filter(([key, value]) => old[key] !== value));
  const remove = Object.keys(old).filter((key) => !Object.hasOwn(after, key));
  const settings: DesktopSettings = Object.keys(after).length > 0 ? { ...others, Tags: after } : others;
  return { property: 'Tags', settings, ask: { kind: 'tags', put, remove } };
}

/**
 * The sizes that the service has make the order: the user volume to 100, the root volume to 175 or more, and then the user volume
 * further (https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html).
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

/** Which property is next; of the volumes, the one whose turn it is by the sizes that there are. */
export function nextOf(open: readonly ChangeableSetting[], { actual }: ObservedDesktop, desired: DesktopSettings): ChangeableSetting | undefined {
  const [first] = open;
  if (first !== 'UserVolumeSizeGib' || !open.includes('RootVolumeSizeGib')) return first;
  const isUserLargeEnough = (actual?.UserVolumeSizeGib ?? 0) >= Math.min(SMALLEST_LARGE_USER, Number(desired.UserVolumeSizeGib));
  return isUserLargeEnough && (actual?.RootVolumeSizeGib ?? 0) < Number(desired.RootVolumeSizeGib) ? 'RootVolumeSizeGib' : first;
}

/** Whether what was asked for is there. */
export function isThere(asked: Readonly<Record<string, unknown>>, { actual }: ObservedDesktop): boolean {
  return Object.entries(asked).every(([member, value]) => same((actual as Record<string, unknown> | undefined)?.[member], value));
}

/** Whether a type is larger than another; undefined where AWS's order is not known. */
export function isLarger(after: string, before: string): boolean | undefined {
  const family = COMPUTE_TYPES.find((types) => types.includes(after) && types.includes(before));
  return family && family.indexOf(after) > family.indexOf(before);
}

/** What an update makes smaller of volumes that only grow. */
export function shrunk({ recordedSettings, desired }: User): GrowingSetting[] {
  if (!recordedSettings || !desired) return [];
  return GROWING.filter((each) => Number(desired.settings[each] ?? Infinity) < Number(recordedSettings[each] ?? 0));
}

const unsaidIn = pairwise((before, after) => (
  [...CHANGEABLE_PROPERTIES, ...FIXED].filter((member) => before[member] !== undefined && after[member] === undefined)
));

/**
 * The record of a desktop whose settings the template says less of than it did, or which a rollback cannot make small again:
 * undefined when there is nothing to write down.
 */
export function acceptedAsDesired(user: User, isRollback: boolean): DesktopSettings | undefined {
  const { recordedSettings, desired } = user;
  if (!recordedSettings || !desired) return undefined;
  const unsaid = unsaidIn(recordedSettings, desired.settings);
  const kept = isRollback ? shrunk(user) : [];
  if (unsaid.length + kept.length === 0) return undefined;
  const settings: Record<string, unknown> = { ...recordedSettings };
  for (const member of unsaid) delete settings[member];
  for (const property of kept) settings[property] = desired.settings[property];
  return settings as unknown as DesktopSettings;
}

/** Settings as they are when a deployment may have changed in place all that it had asked for. */
export function asChanged(settings: DesktopSettings, asked: DesktopSettings | undefined): DesktopSettings {
  const changed = [...CHANGEABLE_PROPERTIES, 'Tags' as const].map((member) => [member, asked?.[member]]).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(changed) };
}

/** What a desktop that others have made is like, as far as the template says anything of it. */
export function actualSettings(desired: DesktopSettings, desktop: ObservedDesktop, tags: Readonly<Record<string, string>>): DesktopSettings {
  const { bundleId, rootEncrypted, userEncrypted } = desktop;
  const actual = (desktop.actual ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (value === undefined ? undefined : Array.isArray(value) ? value.map(String) : String(value));
  const settings: Record<string, unknown> = { BundleId: bundleId ?? desired.BundleId };
  for (const member of CHANGEABLE_PROPERTIES) {
    // What it does not show is asked for: the service knows.
    settings[member] = desired[member] === undefined ? undefined : text(actual[member]) ?? '';
  }
  // A larger volume than is asked for will do: it can only grow.
  for (const volume of GROWING) {
    if (Number(settings[volume]) > Number(desired[volume])) settings[volume] = desired[volume];
  }
  for (const member of FIXED) settings[member] = desired[member];
  if (rootEncrypted) settings.RootVolumeEncryptionEnabled = 'true';
  if (userEncrypted) settings.UserVolumeEncryptionEnabled = 'true';
  // The service shows the key's ARN, whatever names it in the template.
  if (rootEncrypted || userEncrypted) settings.VolumeEncryptionKey = desired.VolumeEncryptionKey;
  settings.Tags = Object.fromEntries(Object.keys(desired.Tags ?? {}).filter((key) => Object.hasOwn(tags, key)).map((key) => [key, tags[key]]));
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as DesktopSettings;
}

export function same(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}

/** JSON with sorted keys: the order in which tags were written is no difference. */
export function stable(value: unknown): string {
  if (value === undefined) return 'not set';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))));
}
