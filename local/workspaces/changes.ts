import type { ChangedResource } from './modify';
import type { Duration } from './settings';
import type { Desktop, DesktopProperties } from './store';
import { badParameter } from './validation';
import { refusalOf, volumesFit } from './volumes';
import { milliseconds, World } from './world';
import { ServiceError } from '../core/service';

/** Compute types among which a desktop can be switched, from small to large. */
const FAMILIES = [
  ['VALUE', 'STANDARD', 'PERFORMANCE', 'POWER', 'POWERPRO', 'GENERALPURPOSE_4XLARGE', 'GENERALPURPOSE_8XLARGE'],
  ['GRAPHICS_G4DN', 'GRAPHICSPRO_G4DN'],
];

interface PlannedChange {
  readonly resource: ChangedResource;
  readonly to: Partial<DesktopProperties>;
}

/** The change that a property's new value asks for; throws why it cannot be. */
export function changeOf(world: World, desktop: Desktop, property: string, wanted: any): PlannedChange {
  switch (property) {
    case 'RootVolumeSizeGib': return volume(world, desktop, 'ROOT_VOLUME', 'RootVolumeSizeGib', wanted.RootVolumeSizeGib);
    case 'UserVolumeSizeGib': return volume(world, desktop, 'USER_VOLUME', 'UserVolumeSizeGib', wanted.UserVolumeSizeGib);
    case 'ComputeTypeName': return compute(world, desktop, wanted.ComputeTypeName);
    case 'Protocols': return protocol(world, desktop, wanted.Protocols);
    case 'NestedVirtualizationEnabled': return { resource: 'NESTED_VIRTUALIZATION', to: { NestedVirtualizationEnabled: wanted.NestedVirtualizationEnabled } };
    default: throw badParameter(`${property} cannot be modified.`);
  }
}

/**
 * Volumes only grow. Which pairs of sizes there are makes the order: the user volume to 100, then the root volume to 175 or more, and
 * then the user volume further.
 */
function volume(
  world: World, desktop: Desktop, resource: 'ROOT_VOLUME' | 'USER_VOLUME', member: 'RootVolumeSizeGib' | 'UserVolumeSizeGib', size: number,
): PlannedChange {
  const { properties } = desktop;
  if (size <= properties[member]) throw badParameter(`${member} ${size} is invalid: a volume can only be made larger than it is, ${properties[member]}.`);
  const after = { ...properties, [member]: size };
  if (!volumesFit(after.ComputeTypeName, after.RootVolumeSizeGib, after.UserVolumeSizeGib)) throw badParameter(refusalOf(after.ComputeTypeName));
  awaitTurn(world, desktop, resource, ['launch', resource], world.settings.changeWait);
  return { resource, to: { [member]: size } };
}

function compute(world: World, desktop: Desktop, type: string): PlannedChange {
  const { ComputeTypeName: current, RootVolumeSizeGib: root, UserVolumeSizeGib: user } = desktop.properties;
  const family = FAMILIES.find((types) => types.includes(current)) ?? [];
  if (type === current) throw badParameter(`ComputeTypeName ${type} is invalid: the WorkSpace has it already.`);
  if (!family.includes(type)) throw unsupported(`A WorkSpace with the compute type ${current} cannot be changed to ${type}.`);
  if (type.startsWith('GENERALPURPOSE') && !volumesFit(type, root, user)) throw unsupported(refusalOf(type));
  if (family.indexOf(type) > family.indexOf(current)) awaitTurn(world, desktop, 'larger', ['launch', 'larger'], world.settings.changeWait);
  else awaitTurn(world, desktop, 'smaller', ['smaller'], world.settings.smallerComputeWait);
  return { resource: 'COMPUTE_TYPE', to: { ComputeTypeName: type } };
}

function protocol({ bundles }: World, desktop: Desktop, protocols: readonly string[]): PlannedChange {
  const { ComputeTypeName: type, Protocols } = desktop.properties;
  const born = bundles.find(desktop.bundleId)?.protocol ?? 'PCOIP';
  const [current = born] = Protocols ?? [];
  if (protocols.length !== 1) throw badParameter(`Protocols must have one protocol, got ${JSON.stringify(protocols)}.`);
  if (protocols[0] === current) throw badParameter(`Protocols ${current} is invalid: the WorkSpace has it already.`);
  if (born !== 'PCOIP') throw unsupported('The protocol can only be modified of WorkSpaces that were created with a PCoIP bundle.');
  if (type.startsWith('GRAPHICS')) throw unsupported(`The protocol of a WorkSpace with the compute type ${type} cannot be modified.`);
  return { resource: 'PROTOCOL', to: { Protocols: protocols } };
}

/**
 * Refuses what comes too early; otherwise it is noted as done now.
 * @param since what must be `wait` ago
 */
function awaitTurn({ agenda, settings }: World, desktop: Desktop, what: string, since: readonly string[], wait: Duration): void {
  const { code, message } = settings.changeTooEarly;
  const last = Math.max(...since.map((each) => desktop.changedAt.get(each) ?? -Infinity));
  if (agenda.now() < last + milliseconds(wait, desktop)) throw new ServiceError(code, message);
  desktop.changedAt.set(what, agenda.now());
}

function unsupported(message: string): ServiceError {
  return new ServiceError('UnsupportedWorkspaceConfigurationException', message);
}
