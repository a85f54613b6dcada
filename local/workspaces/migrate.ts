import { bear } from './birth';
import { Desktop, Encryption, isChanging } from './desktop';
import { milliseconds } from './duration';
import { encrypt } from './encryption';
import { findVisible } from './find';
import { beginTermination, enter } from './life';
import { migratedProperties } from './properties';
import { migratedRequest } from './requested';
import { isLeaving } from './state';
import { badParameter, checkPattern, notFound, requireMembers } from './validation';
import type { World } from './world';
import { Call, ServiceError } from '../core/service';

const MIGRATABLE = ['AVAILABLE', 'STOPPED', 'ERROR'];

/** Replaces a desktop by a new one of another bundle, with a new id. The old one is terminated when the new one is ready. */
export function migrateWorkspace(world: World, input: any, call: Call): object {
  requireMembers(input, 'SourceWorkspaceId', 'BundleId');
  checkPattern('Bundle ID', input.BundleId);
  const source = findVisible(world, input, 'SourceWorkspaceId');
  const target = migrate(world, source, input.BundleId, (keyArn) => world.keyAccess.mayUse(call, keyArn));
  return { SourceWorkspaceId: source.workspaceId, TargetWorkspaceId: target.workspaceId };
}

/** @param mayUse whether the person who migrates may use the desktop's key */
export function migrate(world: World, source: Desktop, bundleId: string, mayUse: (keyArn: string) => boolean): Desktop {
  const { workspaceId, directoryId, userName } = source;
  const bundle = world.bundles.find(bundleId);
  if (bundle?.state !== 'AVAILABLE') throw notFound(`The specified bundle ${bundleId} could not be found.`, bundleId);
  if (bundleId === source.bundleId) throw badParameter(`The source and target bundles must be different, both are ${bundleId}.`);
  if (source.migratingTo || isChanging(source)) throw new ServiceError('OperationInProgressException', `The WorkSpace ${workspaceId} is being migrated or modified.`);
  if (!MIGRATABLE.includes(source.state)) {
    throw new ServiceError('OperationNotSupportedException', `The WorkSpace ${workspaceId} is in the state ${source.state}: it must be ${MIGRATABLE.join(', ')}.`);
  }
  const target = bear(world, {
    directoryId,
    userName,
    bundleId,
    requested: migratedRequest(source.requested),
    properties: migratedProperties({ before: source.properties, from: world.bundles.find(source.bundleId), to: bundle }),
    tags: source.tags,
    encryption: encryptAgain(world, source, mayUse),
    origin: source.origin,
  });
  source.migratingTo = target;
  const before = source.state;
  const { error } = source;
  const { stateWhileMigrating } = world.options;
  if (stateWhileMigrating !== 'unchanged') enter(world, source, stateWhileMigrating);
  const { course } = source;

  world.agenda.in(milliseconds(world.options.migrateTime, target), () => {
    source.migratingTo = undefined;
    const fails = isLeaving(target.state) || world.options.failedMigrations.some((user) => user.toLowerCase() === userName.toLowerCase());
    if (fails) {
      beginTermination(world, target);
      if (stateWhileMigrating !== 'unchanged' && source.course === course) enter(world, source, before, error);
    } else {
      enter(world, target, 'AVAILABLE');
      beginTermination(world, source);
    }
  });
  return target;
}

/** Encrypts the new desktop with the same key. It needs a grant of its own. */
function encryptAgain(world: World, { encryption, directoryId, userName }: Desktop, mayUse: (keyArn: string) => boolean): Encryption | undefined {
  if (!encryption) return undefined;
  const { keyArn, userVolume, rootVolume } = encryption;
  if (!mayUse(keyArn)) throw new ServiceError('AccessDeniedException', `The key ${keyArn} of the WorkSpace may not be used.`);
  if (encryption.grantId && world.kms.resolve(keyArn)?.state !== 'Enabled') {
    throw new ServiceError('ResourceUnavailableException', world.options.unavailableKey.message, 400, { ResourceId: keyArn });
  }
  return encrypt(world, { keyArn, userVolume, rootVolume }, directoryId, userName);
}
