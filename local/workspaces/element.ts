import type { Desktop } from './desktop';
import { modificationStates } from './modify';
import type { Spelling } from './service-options';
import { spelled } from './spelling';
import type { State } from './state';

/** States in which no machine of the desktop runs. */
const WITHOUT_COMPUTER: readonly State[] = ['PENDING', 'STOPPED', 'ERROR', 'TERMINATING', 'TERMINATED'];

/** A desktop with the members that recordings have for its state. JSON leaves out undefined members. */
export function element(desktop: Desktop, now: number, names: Spelling = 'as asked'): object {
  const { state, encryption, error } = desktop;
  const identity = { WorkspaceId: desktop.workspaceId, DirectoryId: desktop.directoryId, UserName: spelled(desktop.userName, names), State: state };
  if (now < desktop.completeAt) return identity;
  return {
    ...identity,
    BundleId: desktop.bundleId,
    ...desktop.requested,
    ErrorCode: error?.code,
    ErrorMessage: error?.message,
    ...((desktop.computerAlwaysShown || !WITHOUT_COMPUTER.includes(state)) && desktop.computer),
    ...(encryption && {
      VolumeEncryptionKey: encryption.keyArn,
      UserVolumeEncryptionEnabled: encryption.userVolume,
      RootVolumeEncryptionEnabled: encryption.rootVolume,
    }),
    ...(desktop.built && { WorkspaceProperties: desktop.properties, ModificationStates: modificationStates(desktop) }),
  };
}
