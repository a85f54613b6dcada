import type { BulkWorkspacesProperties } from './contract';
import { Kind } from './kind';

// Our classes of values. The content of those with a type of `BulkWorkspacesProperties` is sent to the provider unchanged.

export const BUNDLE_CHANGE = new Kind<BulkWorkspacesProperties['BundleChange']>('BundleChange');
export const COMPUTE_TYPE = new Kind('ComputeType');
export const EXISTING_WORKSPACES = new Kind<BulkWorkspacesProperties['ExistingWorkspaces']>('ExistingWorkspaces');
export const FAILURE_TOLERANCE = new Kind<BulkWorkspacesProperties['FailureTolerance']>('FailureTolerance');
export const GLOBAL_ACCELERATOR = new Kind('GlobalAccelerator');
export const GLOBAL_ACCELERATOR_PROTOCOL = new Kind('GlobalAcceleratorProtocol');
export const LATE_WORKSPACES = new Kind<BulkWorkspacesProperties['LateWorkspaces']>('LateWorkspaces');
export const OPERATING_SYSTEM = new Kind('OperatingSystem');
export const REMOVED_USERS = new Kind<BulkWorkspacesProperties['RemovedUsers']>('RemovedUsers');
export const RUNNING_MODE = new Kind('RunningMode');
export const TERMINATION_LIMIT = new Kind<string>('TerminationLimit');
export const WORKSPACE_PROTOCOL = new Kind('WorkspaceProtocol');
