import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BulkWorkspaces, TerminationLimit, WorkspaceUsers } from 'cdk-bulk-workspaces';

// The app that bench/cli.ts deploys: a fleet from a list, its termination limit, and an output with the id of the last user.

const app = new App();
const stack = new Stack(app, 'Large');
const users = WorkspaceUsers.fromCsv(app.node.getContext('csv'));
const fleet = new BulkWorkspaces(stack, 'Fleet', {
  directoryId: 'd-90670b2f8c',
  bundleId: 'wsb-clj85qzj1',
  users,
  terminationLimit: TerminationLimit.count(Number(app.node.getContext('limit'))),
  removalPolicy: RemovalPolicy.DESTROY,
});
new CfnOutput(stack, 'Last', { value: fleet.workspaceId(app.node.getContext('last')) });
