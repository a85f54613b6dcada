import { DESKTOP_SETTINGS, ruleOf, type Setting } from './desktop-settings';
import { userKey } from './identity';
import type { BulkWorkspacesProperties, DesktopSettings, ManifestDocument, ValueReference } from '../../src/private/contract';
import { MINUTE, SECOND } from '../core/clock';
import { DeploymentFailure } from '../core/deployment-failure';

/** One user and the desktop that the template asks for. */
export interface DesiredDesktop {
  readonly userName: string;
  readonly settings: DesktopSettings;
}

/** The properties of an event, in our own words. Only this file knows how CloudFormation sends them. */
export interface Request {
  readonly directoryId: string;
  /** By `userKey`, in the order of the template. */
  readonly desired: ReadonlyMap<string, DesiredDesktop>;
  readonly waitFor: 'AVAILABLE' | 'EXISTS';
  readonly acceptLate: boolean;
  /** How many users may be refused. */
  readonly tolerated: number;
  /** What happens to the desktops of users who leave the list. */
  readonly removedUsers: 'REFUSE' | 'TERMINATE' | 'RELEASE';
  /** How many desktops an update may terminate, if the fleet has so many. */
  readonly terminationLimit: (desktops: number) => number;
  /** What happens to a desktop that was made from another bundle. */
  readonly bundleChange: 'REFUSE' | 'NEW_USERS_ONLY' | 'MIGRATE' | 'REPLACE';
  /** The fleets whose desktops are adopted, besides desktops without a fleet. Absent if none are adopted. */
  readonly adopts?: readonly string[];
  /** Whether users who move here from another fleet of the stack bring their desktops. */
  readonly takesOver: boolean;
  /** How many ids one answer must have room for: all ids, or as many as one read asks for. */
  readonly idsInOneAnswer: number;
  /** Whether the answer has only the number of ids, and reads ask for the ids. */
  readonly countsIds: boolean;
}

/** The request of a delete: no user is desired. */
export function nobody(directoryId: string): Request {
  const limits = { tolerated: 0, terminationLimit: () => Infinity, takesOver: false };
  return { directoryId, desired: new Map(), waitFor: 'EXISTS', acceptLate: false, removedUsers: 'TERMINATE', bundleChange: 'REFUSE', idsInOneAnswer: 0, countsIds: false, ...limits };
}

/** The longest time that an answer can take. A Delete gets all of it. */
export const LONGEST_TIMEOUT = 55 * MINUTE;

export function timeoutOf(event: { readonly RequestType: string; readonly ResourceProperties: BulkWorkspacesProperties }): number {
  const seconds = Number(event.ResourceProperties.TimeoutSeconds);
  if (event.RequestType === 'Delete' || !(seconds > 0)) return LONGEST_TIMEOUT;
  return Math.min(seconds * SECOND, LONGEST_TIMEOUT);
}

/** Reads the object that a manifest's location names. */
export type ReadManifest = (location: { readonly Bucket: string; readonly Key: string }) => Promise<string>;

/**
 * @throws DeploymentFailure for what the construct cannot see at synth, because the value is known only now
 */
export async function parseProperties(properties: BulkWorkspacesProperties, readManifest: ReadManifest): Promise<Request> {
  const manifest = await documentOf(properties, readManifest);
  const values = properties.Values ?? [];
  const settings = manifest.Settings.map((each) => withTags(settingsOf(each, values), properties.Tags));

  const desired = new Map<string, DesiredDesktop>();
  for (const group of manifest.Users) {
    const shared = settings[Number(group.Settings)];
    if (!shared) throw new DeploymentFailure(`the list of users is damaged: it refers to settings ${JSON.stringify(group.Settings)} (counted from 0), but there are only ${settings.length}`);
    for (const name of group.UserNames) {
      const userName = textOf(name, values);
      if (!userName) throw new DeploymentFailure('a user name is empty: correct the value that the template takes it from');
      if (isTooLong(userName)) {
        const got = `${JSON.stringify(userName.slice(0, 63))}... with ${userName.length} characters`;
        throw new DeploymentFailure(`a user name must have 1 to 63 characters, got ${got}: correct the value that the template takes it from`);
      }
      const twin = desired.get(userKey(userName));
      if (twin) throw new DeploymentFailure(`the user ${JSON.stringify(userName)} is listed twice (as ${JSON.stringify(twin.userName)} before; user names are not case-sensitive): list each user once`);
      desired.set(userKey(userName), { userName, settings: shared });
    }
    if (group.UserNames.length > 0) requireRoomInRow(textOf(group.UserNames[0], values), shared);
  }

  return {
    directoryId: properties.DirectoryId,
    desired,
    waitFor: properties.WaitFor,
    acceptLate: properties.LateWorkspaces === 'ACCEPT',
    tolerated: toleranceOf(properties.FailureTolerance, desired.size),
    removedUsers: properties.RemovedUsers ?? 'REFUSE', // whatever sends it, nothing is terminated that nobody has asked for
    terminationLimit: (desktops) => limitOf(properties.TerminationLimit, desktops),
    bundleChange: properties.BundleChange,
    adopts: properties.ExistingWorkspaces && (properties.ExistingWorkspaces.FleetIds ?? []),
    takesOver: true,
    idsInOneAnswer: properties.WorkspaceIds === 'COUNT' ? Number(properties.IdsInOneRead ?? '0') : desired.size,
    countsIds: properties.WorkspaceIds === 'COUNT',
  };
}

/** WorkSpaces refuses any name of more than 63 characters. One as long as this is no name, and would fill the rows of the ledger. */
function isTooLong(userName: string): boolean {
  return userName.length > 1_000;
}

/**
 * The most bytes of one user's settings, as JSON. 50 tags of full length in any script take less. A row of the ledger must have room for a user's
 * settings and those from before a change.
 */
const MOST_BYTES = 64 * 1_024;

function requireRoomInRow(userName: string, settings: DesktopSettings): void {
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (bytes <= MOST_BYTES) return;
  const [[largest]] = Object.entries(settings).sort(([, a], [, b]) => JSON.stringify(b).length - JSON.stringify(a).length);
  throw new DeploymentFailure(`the settings of ${userName} take ${bytes} bytes, but at most ${MOST_BYTES} are allowed: shorten ${largest}`);
}

async function documentOf(properties: BulkWorkspacesProperties, readManifest: ReadManifest): Promise<ManifestDocument> {
  if (!properties.Manifest) return { Users: properties.Users ?? [], Settings: properties.Settings ?? [] };
  const { Bucket, Key } = properties.Manifest;
  const text = await readManifest({ Bucket, Key });
  let document: Partial<ManifestDocument>;
  try {
    document = JSON.parse(text);
  } catch {
    throw new DeploymentFailure(`the list of users at s3://${Bucket}/${Key} is no longer JSON: deploy again to upload it`);
  }
  if (!Array.isArray(document.Users) || !Array.isArray(document.Settings)) {
    throw new DeploymentFailure(`the list of users at s3://${Bucket}/${Key} is damaged: it lacks Users or Settings; deploy again to upload it`);
  }
  return document as ManifestDocument;
}

type Text = string | ValueReference;

/** Replaces a manifest's reference to a deployed value with that value. */
function textOf(text: Text, values: readonly string[]): string {
  if (typeof text === 'string') return text;
  const value = values[Number(text.Value)];
  if (value === undefined) throw new DeploymentFailure(`the list of users is damaged: it refers to value ${JSON.stringify(text.Value)} (counted from 0), but there are only ${values.length}`);
  return value;
}

function settingsOf(settings: DesktopSettings<Text>, values: readonly string[]): DesktopSettings {
  // Only the member's name tells a map from a reference, because a tag may be called "Value".
  const resolve = (member: string, node: unknown): unknown => {
    if (Array.isArray(node)) return node.map((each: Text) => textOf(each, values));
    const isMap = Object.hasOwn(DESKTOP_SETTINGS, member) && ['map', 'tags'].includes(ruleOf(member as Setting).type);
    if (!isMap) return textOf(node as Text, values);
    return Object.fromEntries(Object.entries(node as Record<string, Text>).map(([key, each]) => [key, textOf(each, values)]));
  };
  return Object.fromEntries(Object.entries(settings).map(([member, node]) => [member, resolve(member, node)])) as unknown as DesktopSettings;
}

function withTags(settings: DesktopSettings, fleetTags: BulkWorkspacesProperties['Tags']): DesktopSettings {
  const tags = { ...fleetTags, ...settings.Tags };
  return Object.keys(tags).length > 0 ? { ...settings, Tags: tags } : settings;
}

function toleranceOf(text: string, users: number): number {
  const value = Number(text.replace('%', ''));
  if (!(value >= 0)) throw new DeploymentFailure(`FailureTolerance must be a count like "3" or a share like "10%", got ${JSON.stringify(text)}`);
  return text.endsWith('%') ? Math.floor((users * value) / 100) : value;
}

/** The default is the smaller of 25 and a tenth, at least 1. It stops a list that was cut by mistake. */
function limitOf(text: string | undefined, desktops: number): number {
  if (text === undefined) return Math.max(1, Math.min(25, Math.floor(desktops / 10)));
  if (text === 'unlimited') return Infinity;
  const value = Number(text.replace('%', ''));
  if (!(value >= 0)) throw new DeploymentFailure(`TerminationLimit must be a count like "3", a share like "10%" or "unlimited", got ${JSON.stringify(text)}`);
  return text.endsWith('%') ? Math.floor((desktops * value) / 100) : value;
}

/** A user who was deployed before, as CloudFormation says, and may have a desktop of ours. */
export interface Unrecorded {
  readonly userName: string;
  readonly settings?: DesktopSettings;
}

/** The users who were deployed with these properties; without settings if not all properties can be read any more. */
export async function usersDeployedWith(properties: BulkWorkspacesProperties, readManifest: ReadManifest): Promise<Unrecorded[]> {
  try {
    return [...(await parseProperties(properties, readManifest)).desired.values()];
  } catch (error) {
    if (!(error instanceof DeploymentFailure)) throw error;
    return (await userNamesOf(properties, readManifest)).map((userName) => ({ userName }));
  }
}

/** Names of all users in these properties. Used to find desktops, even if other properties are damaged. */
async function userNamesOf(properties: BulkWorkspacesProperties, readManifest: ReadManifest): Promise<string[]> {
  const manifest = await documentOf(properties, readManifest);
  return manifest.Users.flatMap((group) => group.UserNames.map((name: Text) => textOf(name, properties.Values ?? []))).filter((name) => name !== '' && !isTooLong(name));
}
