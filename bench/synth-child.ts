import { App, Stack } from 'aws-cdk-lib';
import { CfnWorkspace } from 'aws-cdk-lib/aws-workspaces';
import { BulkWorkspaces, WorkspaceUsers } from 'cdk-bulk-workspaces';

// synth.ts runs this in a new process. It prints how many milliseconds a synth took.

const [kind, users, outdir] = process.argv.slice(2);
const where = { directoryId: 'd-90670b2f8c', bundleId: 'wsb-clj85qzj1' };
const names = Array.from({ length: Number(users) }, (_, i) => `user${String(i).padStart(5, '0')}`);

const start = performance.now();
const app = new App({ outdir });
const stack = new Stack(app, 'Test');
if (kind === 'BulkWorkspaces') {
  new BulkWorkspaces(stack, 'Fleet', { ...where, users: WorkspaceUsers.fromNames(names) });
} else {
  for (const userName of names) new CfnWorkspace(stack, userName, { ...where, userName });
}
app.synth();
console.log(performance.now() - start);
