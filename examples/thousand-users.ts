import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, FailureTolerance, WorkspaceUsers } from 'cdk-bulk-workspaces';

// A fleet of 1,000: up to 1 % of the names may be wrong, and the deployment waits for up to 55 minutes.
// Deploy it, in an account or on the local AWS of `npm run local`:
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/thousand-users.ts"
// In an account, first raise the quota of WorkSpaces. Then give it a directory, a bundle and a list of yours:
// -c directoryId=d-... -c bundleId=wsb-... -c csv=users.csv

const app = new App();
export const stack = new Stack(app, 'ThousandUsers');

const key = new kms.Key(stack, 'VolumeKey', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });

const csv = app.node.tryGetContext('csv');
const names = Array.from({ length: 1_000 }, (_, i) => `user${String(i).padStart(3, '0')}`); // user000 to user999

const fleet = new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: csv ? WorkspaceUsers.fromCsv(csv) : WorkspaceUsers.fromNames(names),
  volumeEncryptionKey: key,
  failureTolerance: FailureTolerance.percentage(1),
  timeout: Duration.minutes(55), // desktops that are late go on building, and are named in an output
  removalPolicy: RemovalPolicy.DESTROY, // an example; leave it out where desktops hold people's work
});

// With more than 200 users, an id that is asked for is read by a resource of its own.
new CfnOutput(stack, 'FirstDesktop', { value: fleet.workspaceIds()[0] });
