import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { BulkWorkspaces, WorkspaceUsers } from 'cdk-bulk-workspaces';

// Volumes are encrypted with keys of another team in the same account: one is imported by its ARN, the other by its alias.
// Deploy it, in an account or on the local AWS of `npm run local` (first make two keys there: see README.md of this folder):
// npx cdk deploy --app "npx tsx --tsconfig tsconfig.development.json examples/key-of-another-team.ts" -c keyArn=arn:aws:kms:...
// In an account, give it a directory, a bundle and an alias too: -c directoryId=d-... -c bundleId=wsb-... -c keyAlias=alias/...
//
// If the policies of the keys let the account's own policies decide, nothing else is needed. Otherwise, the other team adds these
// statements to both, with your account and Region. The role is that of fleet.provider.handlerRole; the key's policy can name it
// before it exists.
//
// [
//   {
//     "Effect": "Allow",
//     "Principal": { "AWS": "arn:aws:iam::123456789012:root" },
//     "Action": "kms:DescribeKey",
//     "Resource": "*",
//     "Condition": {
//       "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/Finance-BulkWorkspacesProviderStepRole*" }
//     }
//   },
//   {
//     "Effect": "Allow",
//     "Principal": { "AWS": "arn:aws:iam::123456789012:root" },
//     "Action": "kms:CreateGrant",
//     "Resource": "*",
//     "Condition": {
//       "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/Finance-BulkWorkspacesProviderStepRole*" },
//       "Bool": { "kms:GrantIsForAWSResource": "true" }
//     }
//   },
//   {
//     "Effect": "Allow",
//     "Principal": { "AWS": "arn:aws:iam::123456789012:root" },
//     "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
//     "Resource": "*",
//     "Condition": {
//       "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/Finance-BulkWorkspacesProviderStepRole*" },
//       "StringEquals": { "kms:ViaService": "workspaces.us-east-1.amazonaws.com" }
//     }
//   }
// ]

const app = new App();
export const stack = new Stack(app, 'Finance');

const keyArn = app.node.tryGetContext('keyArn') ?? 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const keyAlias = app.node.tryGetContext('keyAlias') ?? 'alias/audit-desktops';

const fleet = new BulkWorkspaces(stack, 'Desktops', {
  directoryId: app.node.tryGetContext('directoryId') ?? 'd-90670b2f8c',
  bundleId: app.node.tryGetContext('bundleId') ?? 'wsb-clj85qzj1',
  users: WorkspaceUsers.fromList([
    { userName: 'greta' },
    { userName: 'hugo', volumeEncryptionKey: kms.Alias.fromAliasName(stack, 'AuditKey', keyAlias) },
  ]),
  volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'FinanceKey', keyArn),
  removalPolicy: RemovalPolicy.DESTROY, // an example; leave it out where desktops hold people's work
});

new CfnOutput(stack, 'HandlerRole', { value: fleet.provider.handlerRole.roleArn, description: 'The role that the policies of the keys allow' });
