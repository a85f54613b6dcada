import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, WorkspaceUsers } from 'cdk-bulk-workspaces';

// A first fleet: three people get desktops with encrypted volumes. The stack prints the ids of all desktops, and Ana's once more.
// Deploy it, in an account or on the local AWS of `npm run local`:
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/first-fleet.ts"
// In an account, give it a directory and a bundle: -c directoryId=d-... -c bundleId=wsb-...

const app = new App();
export const stack = new Stack(app, 'FirstFleet');

const key = new kms.Key(stack, 'VolumeKey', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });

const fleet = new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: WorkspaceUsers.fromNames(['ana', 'bo', 'chen']),
  volumeEncryptionKey: key,
  removalPolicy: RemovalPolicy.DESTROY, // an example; leave it out where desktops hold people's work
});

new CfnOutput(stack, 'AnasDesktop', { value: fleet.workspaceId('ana') });
