import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, ExistingWorkspaces, RunningMode, WorkspaceUsers } from 'cdk-bulk-workspaces';

// Ana and Bo have desktops that were made by hand. The fleet adopts these, and makes one for Chen.
// Adopted desktops get the running mode and the tags, and keep their bundle and encryption. The fleet never terminates them.
// Deploy it, in an account or on the local AWS of `npm run local` (first make the desktops of ana and bo there: see README.md of this folder):
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/adopt-existing.ts"
// In an account, give it a directory and a bundle, and write your people's names below: -c directoryId=d-... -c bundleId=wsb-...

const app = new App();
export const stack = new Stack(app, 'AdoptExisting');

const key = new kms.Key(stack, 'VolumeKey', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });

new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: WorkspaceUsers.fromNames(['ana', 'bo', 'chen']),
  existingWorkspaces: ExistingWorkspaces.adopt(), // without this, the deployment fails and names Ana and Bo
  volumeEncryptionKey: key, // of new desktops
  runningMode: RunningMode.autoStop(Duration.hours(1)),
  tags: { Department: 'Sales' },
  removalPolicy: RemovalPolicy.DESTROY, // terminates Chen's desktop, and releases those of Ana and Bo
});
