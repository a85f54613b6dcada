import { CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { fleetProperties, newFleet, newStack, stepStatements } from './fixtures';
import { BulkWorkspaces, WorkspaceUser, WorkspaceUsers } from '../src';
import { IDS_RESOURCE_TYPE, MAX_RESPONSE_BYTES } from '../src/private/contract';

// Fleets of more than 200 users, whose ids do not fit the answer of one custom resource.

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `user${String(i).padStart(5, '0')}`);
}

function fleetOf(stack: Stack, count: number): BulkWorkspaces {
  return newFleet(stack, { users: WorkspaceUsers.fromNames(names(count)) });
}

function reads(stack: Stack): any[] {
  return Object.values(Template.fromStack(stack).findResources(IDS_RESOURCE_TYPE)).map(({ Properties }) => Properties);
}

test('up to 200, the fleet itself answers with the ids', () => {
  const stack = newStack();
  const fleet = fleetOf(stack, 200);
  new CfnOutput(stack, 'Id', { value: fleet.workspaceId('user00199') });
  expect(reads(stack)).toEqual([]);
  expect(fleetProperties(stack)).not.toHaveProperty('WorkspaceIds');
});

test('nothing is read if no id is asked for, and the output says how to list them', () => {
  const stack = newStack();
  fleetOf(stack, 201);
  expect(reads(stack)).toEqual([]);
  const properties = fleetProperties(stack);
  expect(properties).toMatchObject({ WorkspaceIds: 'COUNT', UserCount: '201' });
  expect(properties).not.toHaveProperty('IdsInOneRead');
  const outputs = Template.fromStack(stack).findOutputs('*');
  expect(JSON.stringify(outputs[Object.keys(outputs).find((key) => key.startsWith('FleetWorkspaceIds'))!].Value)).toMatch(/to list users and ids: aws dynamodb query --table-name.*jq -r/);
});

test('only ids that are asked for are read, each once, in the requested order', () => {
  const stack = newStack();
  const fleet = fleetOf(stack, 10_000);
  const values = ['user09999', 'USER00000', 'user09999'].map((name) => fleet.workspaceId(name));
  expect(values[0]).toBe(values[2]);
  values.forEach((value, i) => new CfnOutput(stack, `Id${i}`, { value }));
  expect(reads(stack)).toEqual([{
    ServiceToken: expect.anything(),
    FleetId: { 'Fn::GetAtt': [expect.stringMatching(/^Fleet/), 'FleetId'] },
    DirectoryId: 'd-90670b2f8c',
    IdsDigest: { 'Fn::GetAtt': [expect.stringMatching(/^Fleet/), 'IdsDigest'] },
    UserNames: ['user09999', 'user00000'],
    ServiceTimeout: '900',
  }]);
  expect(Number(fleetProperties(stack).IdsInOneRead)).toBeGreaterThan(250);
});

test('all ids of 10,000 take as few reads as their answers allow, with events that the framework can carry', () => {
  const stack = newStack();
  const ids = fleetOf(stack, 10_000).workspaceIds();
  expect(ids).toHaveLength(10_000);
  const all = reads(stack);
  expect(all).toHaveLength(Math.ceil(10_000 / Number(fleetProperties(stack).IdsInOneRead)));
  expect(all.length).toBeLessThanOrEqual(38);
  expect(all.flatMap(({ UserNames }) => UserNames)).toEqual(names(10_000));
  for (const { UserNames } of all) {
    expect(UserNames.length * 13).toBeLessThan(MAX_RESPONSE_BYTES - 400);
    expect(2 * JSON.stringify(UserNames).length).toBeLessThan(14_000);
  }
});

test('long names take more reads, so that an event stays small', () => {
  const stack = newStack();
  void newFleet(stack, { users: WorkspaceUsers.fromNames(names(300).map((name) => `${name}.${'x'.repeat(50)}`)) }).workspaceIds();
  for (const { UserNames } of reads(stack)) expect(2 * JSON.stringify(UserNames).length).toBeLessThan(12_000);
});

test('templates of 1,000 and 10,000 users differ only in the count and in the list\'s key', () => {
  const [small, large] = [1_000, 10_000].map((count) => {
    const stack = newStack();
    fleetOf(stack, count);
    const template = Template.fromStack(stack).toJSON();
    const [fleet] = Object.values<any>(template.Resources).filter(({ Type }) => Type === 'Custom::BulkWorkspaces');
    expect(fleet.Properties.UserCount).toBe(String(count));
    delete fleet.Properties.UserCount;
    delete fleet.Properties.Manifest.Key;
    return template;
  });
  expect(large).toEqual(small);
});

test('too many values that are known only at deployment, for an event, are refused', () => {
  const stack = newStack();
  const users = names(100).map((userName, i): WorkspaceUser => ({
    userName,
    bundleId: new CfnParameter(stack, `Bundle${i}`).valueAsString,
    tags: { 'a-tag-that-makes-the-list-longer': 'x'.repeat(100) },
  }));
  expect(() => newFleet(stack, { users: WorkspaceUsers.fromList(users) })).toThrow(
    /'users' and their settings have 100 different values that are known only when the stack is deployed, such as .*, and a list of this size can have at most 64; write literal values instead/);
});

describe('users with settings of their own', () => {
  const users = WorkspaceUsers.fromList(names(500).map((userName, i) => ({
    userName, bundleId: `wsb-${String(i).padStart(9, '0')}`, tags: { [`tag-of-${userName}`]: userName },
  })));

  test('get a policy with room for them', () => {
    const stack = newStack();
    newFleet(stack, { users });
    const { CreateFromBundles, TagOnCreate } = stepStatements(Template.fromStack(stack));
    expect(TagOnCreate.Condition['ForAllValues:StringLike']['aws:TagKeys']).toEqual(['*']);
    expect(CreateFromBundles.Resource.length).toBeLessThan(30);
    expect(JSON.stringify(CreateFromBundles.Resource.at(-1))).toContain(':*:workspacebundle/*');
    expect(JSON.stringify(Object.values(stepStatements(Template.fromStack(stack)))).length).toBeLessThan(10_240);
  });

  test('also with a key each; of aliases, a policy has room for 25', () => {
    const keyed = (count: number, keyOf: (stack: Stack, i: number) => kms.IKeyRef) => {
      const stack = newStack();
      newFleet(stack, { users: WorkspaceUsers.fromList(names(count).map((userName, i) => ({ userName, volumeEncryptionKey: keyOf(stack, i) }))) });
      return stepStatements(Template.fromStack(stack));
    };
    const keyArn = (i: number) => `arn:aws:kms:us-east-1:123456789012:key/${String(i).padStart(8, '0')}-0000-0000-0000-000000000000`;
    const { LookAtKey } = keyed(30, (stack, i) => kms.Key.fromKeyArn(stack, `Key${i}`, keyArn(i)));
    expect(LookAtKey.Resource).toHaveLength(26);
    expect(JSON.stringify(LookAtKey.Resource.at(-1))).toContain(':*:key/*');

    const alias = (stack: Stack, i: number) => kms.Alias.fromAliasName(stack, `Alias${i}`, `alias/desktops-${i}`);
    expect(keyed(25, alias).LookAtKeyByAlias).toBeDefined();
    expect(() => keyed(26, alias)).toThrow(/'volumeEncryptionKey' has more than 25 different aliases in this stack.*give keys instead of aliases/);
  });
});
