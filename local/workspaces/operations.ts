import { describeWorkspacesConnectionStatus } from './connection-status';
import { createWorkspaces } from './create';
import { describeWorkspaces } from './describe';
import { describeWorkspaceBundles } from './describe-bundles';
import { describeWorkspaceDirectories } from './describe-directories';
import { describeWorkspaceImages } from './describe-images';
import type { OperationName } from './input';
import { migrateWorkspace } from './migrate';
import { modifyWorkspaceProperties } from './modify';
import { modifyWorkspaceState } from './modify-state';
import { rebootWorkspaces } from './reboot';
import { rebuildWorkspaces } from './rebuild';
import { deregisterWorkspaceDirectory, registerWorkspaceDirectory } from './register';
import { restoreWorkspace } from './restore';
import { startWorkspaces } from './start';
import { stopWorkspaces } from './stop';
import { createTags, deleteTags, describeTags } from './tags';
import { terminateWorkspaces } from './terminate';
import type { World } from './world';
import type { Call } from '../core/service';

/** By the API's names. `input` has been read by its shape. `call` has the caller. */
export const OPERATIONS: Readonly<Record<OperationName, (world: World, input: any, call: Call) => object>> = {
  CreateWorkspaces: createWorkspaces,
  DescribeWorkspaces: describeWorkspaces,
  TerminateWorkspaces: terminateWorkspaces,
  StartWorkspaces: startWorkspaces,
  StopWorkspaces: stopWorkspaces,
  RebootWorkspaces: rebootWorkspaces,
  RebuildWorkspaces: rebuildWorkspaces,
  RestoreWorkspace: restoreWorkspace,
  ModifyWorkspaceProperties: modifyWorkspaceProperties,
  ModifyWorkspaceState: modifyWorkspaceState,
  MigrateWorkspace: migrateWorkspace,
  DescribeWorkspacesConnectionStatus: describeWorkspacesConnectionStatus,
  CreateTags: createTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTags,
  DescribeWorkspaceBundles: describeWorkspaceBundles,
  DescribeWorkspaceDirectories: describeWorkspaceDirectories,
  DescribeWorkspaceImages: describeWorkspaceImages,
  RegisterWorkspaceDirectory: registerWorkspaceDirectory,
  DeregisterWorkspaceDirectory: deregisterWorkspaceDirectory,
};
