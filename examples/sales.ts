import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, FailureTolerance, RemovedUsers, RunningMode, WorkspaceUsers } from 'cdk-bulk-workspaces';

// Desktops for a sales team of 60, from a CSV file, with encrypted volumes. To deploy it in an account of yours, give it
// a directory that is registered with WorkSpaces, and a bundle: cdk deploy -c directoryId=d-... -c bundleId=wsb-...

const app = new App();
export const stack = new Stack(app, 'Sales');

const key = new kms.Key(stack, 'VolumeKey', {
  description: 'Volumes of the sales desktops',
  enableKeyRotation: true,
  removalPolicy: RemovalPolicy.DESTROY,
});

new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: WorkspaceUsers.fromCsv(app.node.tryGetContext('csv') ?? 'examples/sales.csv'),
  volumeEncryptionKey: key,
  runningMode: RunningMode.autoStop(Duration.hours(1)),
  tags: { Department: 'Sales' },
  failureTolerance: FailureTolerance.count(Number(app.node.tryGetContext('tolerate') ?? 0)),
  removedUsers: RemovedUsers.terminate(), // who leaves the file loses their desktop; without this, such an update is refused
  removalPolicy: RemovalPolicy.DESTROY, // an example; leave it out where desktops hold people's work
});
