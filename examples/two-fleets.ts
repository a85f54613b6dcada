import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, RunningMode, WorkspaceUsers } from 'cdk-bulk-workspaces';

// Two fleets in one stack, with settings of their own. They share the provider: its functions and its table.
// The desktops of the staff, and their key, stay when the stack is destroyed. Those of the guests are terminated.
// Deploy it, in an account or on the local AWS of `npm run local -- --bundle wsb-clj85qzj1 --bundle wsb-b0s22j3d7`:
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/two-fleets.ts"
// In an account, give it a directory and two bundles: -c directoryId=d-... -c bundleId=wsb-... -c guestBundleId=wsb-...

const app = new App();
export const stack = new Stack(app, 'TwoFleets');

const directoryId = app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c';

new BulkWorkspaces(stack, 'Staff', {
  directoryId,
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: WorkspaceUsers.fromNames(['isa', 'jakob', 'katya']),
  volumeEncryptionKey: new kms.Key(stack, 'StaffKey', { enableKeyRotation: true }),
  runningMode: RunningMode.alwaysOn(),
});

new BulkWorkspaces(stack, 'Guests', {
  directoryId,
  bundleId: app.node.tryGetContext('guestBundleId') ?? 'wsb-b0s22j3d7',
  users: WorkspaceUsers.fromNames(['guest1', 'guest2']),
  rootVolumeEncryptionEnabled: false, // said on purpose: a fleet without a key has a warning otherwise
  userVolumeEncryptionEnabled: false,
  runningMode: RunningMode.autoStop(Duration.hours(1)),
  removalPolicy: RemovalPolicy.DESTROY,
});
