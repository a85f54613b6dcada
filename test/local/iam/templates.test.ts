import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { PolicyDocument } from '../../../local/iam';
import { unknownActions } from '../../../local/iam/service-authorization';
import { BulkWorkspaces, WorkspaceUsers } from '../../../src';

test('the policies of a synthesized stack name no action that does not exist', async () => {
  const stack = new Stack(new App(), 'Sales');
  const key = new kms.Key(stack, 'Key');
  const props = { directoryId: 'd-90670b2f8c', bundleId: 'wsb-clj85qzj1' };
  const users = Array.from({ length: 200 }, (_, i) => `a.rather.long.user.name${i}`);
  new BulkWorkspaces(stack, 'Many', { ...props, users: WorkspaceUsers.fromNames(users), volumeEncryptionKey: key });
  new BulkWorkspaces(stack, 'Few', { ...props, users: WorkspaceUsers.fromNames(['anna']), volumeEncryptionKey: key.addAlias('alias/sales') });
  const template = Template.fromStack(stack);

  const documents = ['AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::KMS::Key'].flatMap((type) => Object.values(template.findResources(type)))
    .flatMap(({ Properties: { PolicyDocument: policy, AssumeRolePolicyDocument: trust, KeyPolicy: keyPolicy } }): PolicyDocument[] => (
      [policy, trust, keyPolicy].filter((document) => document !== undefined)
    ));
  const sids = documents.flatMap(({ Statement }) => [Statement].flat() as { Sid?: string }[]).map(({ Sid }) => Sid);
  expect(sids).toEqual(expect.arrayContaining(['CreateOwnDesktops', 'LetServiceUseKey', 'EncryptVolumesByAlias', 'ReadManifests']));
  expect((await Promise.all(documents.map(unknownActions))).flat()).toEqual([]);
});
