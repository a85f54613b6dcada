import { stateOf } from './directories';
import { badParameter, checkEnum, checkPattern, checkTagCount, checkTags, requireMembers, Tag } from './validation';
import type { World } from './world';
import { ServiceError } from '../core/service';

const MOST_DIRECTORIES = 50;

const NOT_FOUND = 'The specified directory could not be found. Confirm that the directory exists in your AWS account and that you own the directory.';

/** Registers a directory of AWS Directory Service, or of the account's own Active Directory, for desktops. */
export function registerWorkspaceDirectory(world: World, input: any): object {
  const { directories, options, agenda, otherTags } = world;
  requireMembers(input, 'DirectoryId');
  const { DirectoryId: directoryId, SubnetIds = [], EnableSelfService = false, Tenancy, Tags, WorkspaceType } = input;
  checkPattern('Directory ID', directoryId);
  checkEnum('Tenancy', Tenancy);
  checkEnum('WorkspaceType', WorkspaceType);
  checkEnum('UserIdentityType', input.UserIdentityType);
  for (const subnet of SubnetIds) checkPattern('Subnet ID', subnet);
  if (SubnetIds.length > 2) throw badParameter(`The number of SubnetIds in the request, ${SubnetIds.length}, is invalid: it must be at most 2.`);
  checkTags(Tags);
  checkTagCount(Tags?.length ?? 0, directoryId);
  if (Tenancy === 'DEDICATED') throw badParameter('The account is not enabled for BYOL: Tenancy must be SHARED.');

  const found = directories.findUnregistered(directoryId);
  if (!found) {
    if (directories.find(directoryId)) throw new ServiceError('ResourceAlreadyExistsException', `The directory ${directoryId} is registered already.`);
    throw new ServiceError('ResourceNotFoundException', NOT_FOUND);
  }
  if (directories.all().filter((each) => stateOf(each) !== 'DEREGISTERED').length >= MOST_DIRECTORIES) {
    throw new ServiceError('ResourceLimitExceededException', `Your resource limits have been exceeded: at most ${MOST_DIRECTORIES} directories can be registered.`);
  }
  const mode = EnableSelfService ? 'ENABLED' : 'DISABLED';
  const directory = {
    ...found,
    workspaceType: WorkspaceType,
    description: {
      ...found.description,
      ...(SubnetIds.length > 0 && { SubnetIds }),
      SelfservicePermissions: {
        RestartWorkspace: 'ENABLED', IncreaseVolumeSize: mode, ChangeComputeType: mode, SwitchRunningMode: mode, RebuildWorkspace: mode,
      },
    },
  };
  otherTags.set(directoryId, new Map((Tags ?? []).map(({ Key, Value = '' }: Tag) => [Key, Value])));
  directories.add({ ...directory, state: 'REGISTERING' });
  agenda.in(options.registerTime, () => directories.add({ ...directory, state: 'REGISTERED' }));
  return { DirectoryId: directoryId, State: 'REGISTERING' };
}

export function deregisterWorkspaceDirectory({ directories, desktops, options, agenda, otherTags }: World, input: any): object {
  requireMembers(input, 'DirectoryId');
  checkPattern('Directory ID', input.DirectoryId);
  const directory = directories.find(input.DirectoryId);
  // The recorded error has no ResourceId.
  if (!directory) throw new ServiceError('ResourceNotFoundException', NOT_FOUND);
  const { directoryId } = directory;
  if (!['REGISTERED', 'ERROR'].includes(stateOf(directory))) {
    throw new ServiceError('InvalidResourceStateException', 'The specified directory is not in a valid state. Confirm that the directory has a status of Active, and try again.');
  }
  if (desktops.present().some((desktop) => desktop.directoryId === directoryId)) {
    throw new ServiceError('OperationNotSupportedException', 'There are WorkSpaces assigned to this directory. You must remove the WorkSpaces before you deregister the directory.');
  }
  directories.add({ ...directory, state: 'DEREGISTERING' });
  agenda.in(options.deregisterTime, () => {
    directories.remove(directoryId);
    otherTags.delete(directoryId);
  });
  return {};
}
