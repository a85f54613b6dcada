import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, RemovedUsers, RunningMode, WorkspaceUsers } from 'cdk-bulk-workspaces';

// People from a CSV file. Some rows name another bundle and running mode, the others get those of the fleet.
// Deploy it, in an account or on the local AWS of `npm run local -- --bundle wsb-clj85qzj1 --bundle wsb-b0s22j3d7`:
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/csv-list.ts"
// In an account, give it a directory, a bundle and a file with bundles of yours: -c directoryId=d-... -c bundleId=wsb-... -c csv=users.csv

const app = new App();
export const stack = new Stack(app, 'CsvList');

const key = new kms.Key(stack, 'VolumeKey', { enableKeyRotation: true, removalPolicy: RemovalPolicy.DESTROY });

new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1', // for rows that name none
  users: WorkspaceUsers.fromCsv(app.node.tryGetContext('csv') ?? 'examples/csv-list.csv'),
  volumeEncryptionKey: key,
  runningMode: RunningMode.autoStop(Duration.hours(1)),
  removedUsers: RemovedUsers.terminate(), // who leaves the file loses their desktop; without this, such an update is refused
  removalPolicy: RemovalPolicy.DESTROY, // an example; leave it out where desktops hold people's work
});
