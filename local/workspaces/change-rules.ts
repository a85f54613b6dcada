import type { Desktop } from './desktop';
import { Duration, milliseconds } from './duration';
import type { DesktopProperties } from './members';
import { badParameter } from './validation';
import { refusalOf, volumesFit } from './volumes';
import type { World } from './world';
import { ServiceError } from '../core/service';

/** Families of compute types, from small to large. A desktop can change only within its family. */
const FAMILIES = [
  ['VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE'],
  ['GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN'],
];

type Rule<T> = (world: World, desktop: Desktop, asked: T) => void;

const RULES: { readonly [Name in keyof DesktopProperties]?: Rule<NonNullable<DesktopProperties[Name]>> } = {
  RootVolumeSizeGib: (world, desktop, size) => checkVolume(world, desktop, 'RootVolumeSizeGib', size),
  UserVolumeSizeGib: (world, desktop, size) => checkVolume(world, desktop, 'UserVolumeSizeGib', size),
  ComputeTypeName: checkCompute,
  Protocols: checkProtocols,
};

/** Throws if a property cannot get this value. Otherwise notes the time of the change, for the waits of later changes. */
export function checkChange<Name extends keyof DesktopProperties>(
  world: World, desktop: Desktop, property: Name, asked: NonNullable<DesktopProperties[Name]>,
): void {
  RULES[property]?.(world, desktop, asked);
}

/**
 * Volumes can only grow. The allowed pairs of sizes require this order: the user volume to 100, then the root volume to 175 or more, then
 * the user volume further.
 */
function checkVolume(world: World, desktop: Desktop, member: 'RootVolumeSizeGib' | 'UserVolumeSizeGib', size: number): void {
  const { properties } = desktop;
  if (size <= properties[member]) throw badParameter(`${member} ${size} is invalid: a volume can only be made larger than it is, ${properties[member]}.`);
  const after = { ...properties, [member]: size };
  if (!volumesFit(after.ComputeTypeName, after.RootVolumeSizeGib, after.UserVolumeSizeGib)) throw badParameter(refusalOf(after.ComputeTypeName));
  awaitTurn(world, desktop, member, ['launch', member], world.options.changeWait);
}

function checkCompute(world: World, desktop: Desktop, type: string): void {
  const { ComputeTypeName: current, RootVolumeSizeGib: root, UserVolumeSizeGib: user } = desktop.properties;
  const family = FAMILIES.find((types) => types.includes(current)) ?? [];
  if (type === current) throw badParameter(`ComputeTypeName ${type} is invalid: the WorkSpace has it already.`);
  if (!family.includes(type)) throw unsupported(`A WorkSpace with the compute type ${current} cannot be changed to ${type}.`);
  if (type.startsWith('GENERALPURPOSE') && !volumesFit(type, root, user)) throw unsupported(refusalOf(type));
  if (family.indexOf(type) > family.indexOf(current)) awaitTurn(world, desktop, 'larger', ['launch', 'larger'], world.options.changeWait);
  else awaitTurn(world, desktop, 'smaller', ['smaller'], world.options.smallerComputeWait);
}

function checkProtocols({ bundles }: World, desktop: Desktop, protocols: readonly string[]): void {
  const { ComputeTypeName: type, Protocols } = desktop.properties;
  const born = bundles.find(desktop.bundleId)?.protocol ?? 'PCOIP';
  const [current = born] = Protocols ?? [];
  if (protocols.length !== 1) throw badParameter(`Protocols must have one protocol, got ${JSON.stringify(protocols)}.`);
  if (protocols[0] === current) throw badParameter(`Protocols ${current} is invalid: the WorkSpace has it already.`);
  if (born !== 'PCOIP') throw unsupported('The protocol can only be modified of WorkSpaces that were created with a PCoIP bundle.');
  if (type.startsWith('GRAPHICS')) throw unsupported(`The protocol of a WorkSpace with the compute type ${type} cannot be modified.`);
}

/**
 * Refuses a change that comes too early. Otherwise notes that it is made now.
 * @param since the earlier changes that must be at least `wait` ago
 */
function awaitTurn({ agenda, options }: World, desktop: Desktop, what: string, since: readonly string[], wait: Duration): void {
  const { code, message } = options.changeTooEarly;
  const last = Math.max(...since.map((each) => desktop.changedAt.get(each) ?? -Infinity));
  if (agenda.now() < last + milliseconds(wait, desktop)) throw new ServiceError(code, message);
  desktop.changedAt.set(what, agenda.now());
}

function unsupported(message: string): ServiceError {
  return new ServiceError('UnsupportedWorkspaceConfigurationException', message);
}
