import type { MemberFailure } from '../ledger/ledger';
import { isStanding, type Subject } from '../ledger/state';
import type { Desktop } from '../aws/workspaces-api';
import type { DesktopSettings } from '../../src/private/contract';

/** What of a desktop's settings can be changed where it stands. A running mode has its timeout with it. */
export type Property = 'Tags' | 'RunningMode' | 'Protocols' | 'ComputeTypeName' | 'UserVolumeSizeGib' | 'RootVolumeSizeGib';

/** One call's worth of change. */
export interface Change {
  readonly property: Property;
  /** What the record says when this has been done; the same as before where the call is only on the way to what is wanted. */
  readonly settings: DesktopSettings;
  /** What the service is asked for. */
  readonly ask: Ask;
}

export type Ask =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'tags'; readonly put: Readonly<Record<string, string>>; readonly remove: readonly string[] }
  | { readonly kind: 'properties'; readonly properties: Readonly<Record<string, unknown>> };

/** What can be taken back, in the order in which it is done. */
const UNDOABLE: readonly Property[] = ['Tags', 'RunningMode', 'Protocols', 'ComputeTypeName'];
/** Volumes never shrink. */
const VOLUMES: readonly Property[] = ['UserVolumeSizeGib', 'RootVolumeSizeGib'];

/** Members of the settings that can be changed, tags apart. */
const CHANGEABLE = ['RunningMode', 'RunningModeAutoStopTimeoutInMinutes', 'ComputeTypeName', 'RootVolumeSizeGib', 'UserVolumeSizeGib', 'Protocols'] as const;
/** Those that cannot, and do not make it another desktop. */
export const FIXED = ['GlobalAccelerator', 'Ipv6Address', 'NestedVirtualizationEnabled', 'OperatingSystemName'] as const;

/** From small to large, as far as AWS orders them; only for saying when the service will take a change. */
const COMPUTE_TYPES = [
  ['VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE'],
  ['GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN'],
];

const SMALLEST_LARGE_ROOT = 175;
export const SMALLEST_LARGE_USER = 100;

/** What differs and is to be changed where the desktop stands; what a template does not say (any more) is nobody's concern. */
export function differing({ madeWith, wanted }: Subject): readonly Property[] {
  return madeWith && wanted ? differences(madeWith, wanted.settings) : [];
}

const differences = pairwise((before, after): readonly Property[] => [...UNDOABLE, ...VOLUMES].filter((property) => {
  if (property === 'Tags') return !same(before.Tags ?? {}, after.Tags ?? {});
  if (property === 'RunningMode' && differs(before, after, 'RunningModeAutoStopTimeoutInMinutes')) return true;
  return differs(before, after, property);
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

function differs(before: DesktopSettings, after: DesktopSettings, member: keyof DesktopSettings): boolean {
  return after[member] !== undefined && !same(before[member], after[member]);
}

/** The same, in this deployment still to be done: not what the service takes only later, nor what it has refused. */
export function open(subject: Subject, generation: number, which: 'undoable' | 'final' | 'all'): Property[] {
  const { member } = subject;
  if (!member || !isStanding(member) || (!member.changing && differing(subject).length === 0)) return [];
  const left = member.notes?.generation === generation ? member.notes.notes.map((each) => each.property) : [];
  const properties = [...new Set([...differing(subject), ...(member.changing ? [member.changing.property] : [])])]
    .filter((property) => !left.includes(property) && !isRefused(member.changeFailure, generation, property));
  return properties.filter((property) => which === 'all' || isFinal(property, subject) === (which === 'final'));
}

function isRefused(failure: MemberFailure & { readonly property?: Property } | undefined, generation: number, property: Property): boolean {
  return failure?.generation === generation && failure.property === property;
}

/** Whether it cannot be taken back; or has to wait for what cannot. */
function isFinal(property: Property, subject: Subject): boolean {
  if (VOLUMES.includes(property)) return true;
  // GeneralPurpose types need large volumes first.
  const isGeneralPurpose = subject.wanted?.settings.ComputeTypeName?.startsWith('GENERALPURPOSE') ?? false;
  return property === 'ComputeTypeName' && isGeneralPurpose && differing(subject).some((each) => VOLUMES.includes(each));
}

/** The call for one property, by what the record has and what the desktop is like. */
export function changeOf({ madeWith, wanted }: Subject, property: Property, desktop: Desktop): Change {
  const { settings } = wanted!;
  const record = (members: readonly (keyof DesktopSettings)[]): DesktopSettings => {
    const set = Object.fromEntries(members.map((member) => [member, settings[member]]).filter(([, value]) => value !== undefined));
    return { ...madeWith!, ...set };
  };
  if (property === 'Tags') return tagChange(madeWith!, settings);
  const { actual } = desktop;
  if (property === 'RunningMode') {
    const change: Change = { property, settings: record(['RunningMode', 'RunningModeAutoStopTimeoutInMinutes']), ask: { kind: 'nothing' } };
    const timeout = number(settings.RunningModeAutoStopTimeoutInMinutes);
    const hasTimeout = timeout === undefined || actual?.RunningModeAutoStopTimeoutInMinutes === timeout;
    const isSoAlready = actual?.RunningMode === settings.RunningMode && hasTimeout;
    return isSoAlready ? change : { ...change, ask: asking({ RunningMode: settings.RunningMode, RunningModeAutoStopTimeoutInMinutes: timeout }) };
  }
  if (property === 'UserVolumeSizeGib' || property === 'RootVolumeSizeGib') return volumeChange(property, madeWith!, settings, desktop, record);
  const change: Change = { property, settings: record([property]), ask: { kind: 'nothing' } };
  return same(actual?.[property], settings[property]) ? change : { ...change, ask: asking({ [property]: settings[property] }) };
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
  property: 'UserVolumeSizeGib' | 'RootVolumeSizeGib',
  before: DesktopSettings,
  settings: DesktopSettings,
  { actual }: Desktop,
  record: (members: readonly (keyof DesktopSettings)[]) => DesktopSettings,
): Change {
  const size = Number(settings[property]);
  const is = actual?.[property] ?? 0;
  if (is >= size) return { property, settings: record([property]), ask: { kind: 'nothing' } };
  const root = actual?.RootVolumeSizeGib ?? SMALLEST_LARGE_ROOT;
  const isOnTheWay = property === 'UserVolumeSizeGib' && size > SMALLEST_LARGE_USER && is < SMALLEST_LARGE_USER && root < SMALLEST_LARGE_ROOT;
  if (isOnTheWay) return { property, settings: before, ask: asking({ [property]: SMALLEST_LARGE_USER }) };
  return { property, settings: record([property]), ask: asking({ [property]: size }) };
}

function asking(properties: Record<string, unknown>): Ask {
  return { kind: 'properties', properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) };
}

/** Which property is next; of the volumes, the one whose turn it is by the sizes that there are. */
export function nextOf(properties: readonly Property[], { actual }: Desktop, wanted: DesktopSettings): Property | undefined {
  const [first] = properties;
  if (first !== 'UserVolumeSizeGib' || !properties.includes('RootVolumeSizeGib')) return first;
  const isUserLargeEnough = (actual?.UserVolumeSizeGib ?? 0) >= Math.min(SMALLEST_LARGE_USER, Number(wanted.UserVolumeSizeGib));
  return isUserLargeEnough && (actual?.RootVolumeSizeGib ?? 0) < Number(wanted.RootVolumeSizeGib) ? 'RootVolumeSizeGib' : first;
}

/** Whether what was asked for is there. */
export function isThere(asked: Readonly<Record<string, unknown>>, { actual }: Desktop): boolean {
  return Object.entries(asked).every(([member, value]) => same((actual as Record<string, unknown> | undefined)?.[member], value));
}

/** Whether a type is larger than another; undefined where AWS's order is not known. */
export function isLarger(after: string, before: string): boolean | undefined {
  const family = COMPUTE_TYPES.find((types) => types.includes(after) && types.includes(before));
  return family && family.indexOf(after) > family.indexOf(before);
}

/** What an update makes smaller of volumes that only grow. */
export function shrunk({ madeWith, wanted }: Subject): Property[] {
  if (!madeWith || !wanted) return [];
  return VOLUMES.filter((property) => Number(wanted.settings[property as 'UserVolumeSizeGib'] ?? Infinity) < Number(madeWith[property as 'UserVolumeSizeGib'] ?? 0));
}

const unsaidIn = pairwise((before, after) => (
  [...CHANGEABLE, ...FIXED].filter((member) => before[member] !== undefined && after[member] === undefined)
));

/**
 * The record of a desktop whose settings the template says less of than it did, or which a rollback cannot make small again:
 * undefined when there is nothing to write down.
 */
export function absorbed(subject: Subject, isRollback: boolean): DesktopSettings | undefined {
  const { madeWith, wanted } = subject;
  if (!madeWith || !wanted) return undefined;
  const unsaid = unsaidIn(madeWith, wanted.settings);
  const kept = isRollback ? shrunk(subject) : [];
  if (unsaid.length + kept.length === 0) return undefined;
  const settings: Record<string, unknown> = { ...madeWith };
  for (const member of unsaid) delete settings[member];
  for (const property of kept) settings[property] = wanted.settings[property as 'UserVolumeSizeGib'];
  return settings as unknown as DesktopSettings;
}

/** Settings as they are when a deployment may have changed in place all that it had asked for. */
export function asChanged(settings: DesktopSettings, asked: DesktopSettings | undefined): DesktopSettings {
  const changed = ([...CHANGEABLE, 'Tags'] as const).map((member) => [member, asked?.[member]]).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(changed) };
}

/** What a desktop that others have made is like, as far as the template says anything of it. */
export function actualSettings(wanted: DesktopSettings, desktop: Desktop, tags: Readonly<Record<string, string>>): DesktopSettings {
  const { bundleId, rootEncrypted, userEncrypted, actual = {} } = desktop;
  const text = (value: unknown) => (value === undefined ? undefined : Array.isArray(value) ? value.map(String) : String(value));
  const settings: Record<string, unknown> = { BundleId: bundleId ?? wanted.BundleId };
  for (const member of CHANGEABLE) {
    // What it does not show is asked for: the service knows.
    settings[member] = wanted[member] === undefined ? undefined : text(actual[member]) ?? '';
  }
  // A larger volume than is asked for will do: it can only grow.
  for (const volume of ['RootVolumeSizeGib', 'UserVolumeSizeGib'] as const) {
    if (Number(settings[volume]) > Number(wanted[volume])) settings[volume] = wanted[volume];
  }
  for (const member of FIXED) settings[member] = wanted[member];
  if (rootEncrypted) settings.RootVolumeEncryptionEnabled = 'true';
  if (userEncrypted) settings.UserVolumeEncryptionEnabled = 'true';
  // The service shows the key's ARN, whatever names it in the template.
  if (rootEncrypted || userEncrypted) settings.VolumeEncryptionKey = wanted.VolumeEncryptionKey;
  settings.Tags = Object.fromEntries(Object.keys(wanted.Tags ?? {}).filter((key) => Object.hasOwn(tags, key)).map((key) => [key, tags[key]]));
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

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
