import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { failure, flat, newFleet, newStack, resourcesOf, stepStatements, temporaryFile } from './fixtures';
import { BulkWorkspaces, WorkspaceUsers } from '../src';

const ANY_KEY = 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*';
const IMPORTED = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

function settingsOf(template: Template, fleet = 0): any[] {
  const { Settings } = Object.values(template.findResources('Custom::BulkWorkspaces'))[fleet].Properties;
  return Settings.map((each: any) => ({ ...each, ...each.VolumeEncryptionKey && { VolumeEncryptionKey: flat(each.VolumeEncryptionKey) } }));
}

function kmsStatements(template: Template): any[] {
  return Object.values(stepStatements(template)).filter(({ Action }) => [Action].flat()[0].startsWith('kms:'));
}

/** The three statements for keys, each with these resources. */
function expectKeyStatements(template: Template, resources: string[]): void {
  const viaService = { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['workspaces.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } } };
  expect(kmsStatements(template).map(each => ({ ...each, Resource: resourcesOf(each) }))).toEqual([
    { Sid: 'LookAtKey', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: resources },
    { Sid: 'LetServiceUseKey', Effect: 'Allow', Action: 'kms:CreateGrant', Resource: resources, Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
    {
      Sid: 'EncryptVolumes',
      Effect: 'Allow',
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
      Resource: resources,
      Condition: viaService,
    },
  ]);
}

/** The three statements for aliases: for any key that has one of these aliases. */
function expectAliasStatements(template: Template, aliases: string[]): void {
  const statements = kmsStatements(template);
  expect(statements.map(({ Sid }) => Sid)).toEqual(['LookAtKeyByAlias', 'LetServiceUseKeyByAlias', 'EncryptVolumesByAlias']);
  for (const statement of statements) {
    expect(resourcesOf(statement)).toEqual([ANY_KEY]);
    expect(statement.Condition['ForAnyValue:StringEquals']['kms:ResourceAliases'].map(flat)).toEqual(aliases);
  }
  expect(Object.keys(statements[1].Condition)).toEqual(['Bool', 'ForAnyValue:StringEquals']);
  expect(Object.keys(statements[2].Condition).sort()).toEqual(['ForAnyValue:StringEquals', 'StringEquals']);
}

test('without a key, nothing is encrypted and nothing allowed', () => {
  const stack = newStack();
  newFleet(stack, { rootVolumeEncryptionEnabled: false });
  const template = Template.fromStack(stack);
  expect(settingsOf(template)).toEqual([{ BundleId: 'wsb-clj85qzj1' }]);
  expect(kmsStatements(template)).toEqual([]);
});

test('a key of the same stack encrypts both volumes', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: new kms.Key(stack, 'Key') });
  const template = Template.fromStack(stack);
  expect(settingsOf(template)).toEqual([{
    BundleId: 'wsb-clj85qzj1',
    VolumeEncryptionKey: '${Key961B73FD.Arn}',
    RootVolumeEncryptionEnabled: 'true',
    UserVolumeEncryptionEnabled: 'true',
  }]);
  expectKeyStatements(template, ['${Key961B73FD.Arn}']);
});

test('the key policy is left alone', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: new kms.Key(stack, 'Key') });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
  expect(Properties.KeyPolicy.Statement).toHaveLength(1);
});

test('one volume can be left out', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: new kms.Key(stack, 'Key'), rootVolumeEncryptionEnabled: false });
  expect(settingsOf(Template.fromStack(stack))).toMatchObject([{ RootVolumeEncryptionEnabled: 'false', UserVolumeEncryptionEnabled: 'true' }]);
});

test('a key of another stack of the app', () => {
  const app = new App();
  const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
  const stack = new Stack(app, 'Stack');
  newFleet(stack, { volumeEncryptionKey: key });
  const template = Template.fromStack(stack);
  const imported = '${import Keys:ExportsOutputFnGetAttKey961B73FDArn5A860C43}';
  expect(settingsOf(template)).toMatchObject([{ VolumeEncryptionKey: imported }]);
  expectKeyStatements(template, [imported]);
});

test('an imported key', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', IMPORTED) });
  const template = Template.fromStack(stack);
  expect(settingsOf(template)).toMatchObject([{ VolumeEncryptionKey: IMPORTED }]);
  expectKeyStatements(template, [IMPORTED]);
});

test('a low-level key', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: new kms.CfnKey(stack, 'Key', { keyPolicy: { Version: '2012-10-17', Statement: [] } }) });
  expectKeyStatements(Template.fromStack(stack), ['${Key.Arn}']);
});

test('the key that AWS manages', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces') });
  const template = Template.fromStack(stack);
  expect(settingsOf(template)).toMatchObject([{
    VolumeEncryptionKey: 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/workspaces',
  }]);
  expectAliasStatements(template, ['alias/aws/workspaces']);
});

test('an alias of the stack, which must be there first', () => {
  const stack = newStack();
  const alias = new kms.Alias(stack, 'Alias', { aliasName: 'alias/desktops', targetKey: new kms.Key(stack, 'Key') });
  newFleet(stack, { volumeEncryptionKey: alias });
  const template = Template.fromStack(stack);
  expectAliasStatements(template, [flat(stack.resolve(alias.aliasName))]);
  const [fleet] = Object.values(template.findResources('Custom::BulkWorkspaces'));
  expect(fleet.DependsOn).toContain(stack.getLogicalId(alias.node.defaultChild as kms.CfnAlias));
});

test('an alias given by its ARN as if it were a key', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:alias/team/desktops') });
  expectAliasStatements(Template.fromStack(stack), ['alias/team/desktops']);
});

describe('a key that a CSV file names', () => {
  const KEY_ID = IMPORTED.split('/')[1];
  const fleetOf = (stack: Stack, ...keys: string[]) => newFleet(stack, {
    users: WorkspaceUsers.fromCsv(temporaryFile('users.csv', ['userName,volumeEncryptionKey', ...keys.map((key, i) => `user${i},${key}`)].join('\n'))),
  });
  const OWN = 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:';

  test.each([
    ['its ARN', IMPORTED, IMPORTED],
    ['its id', KEY_ID, `${OWN}key/${KEY_ID}`],
    ['the id of a key in several Regions', `mrk-${'0'.repeat(32)}`, `${OWN}key/mrk-${'0'.repeat(32)}`],
  ])('by %s', (_, key, arn) => {
    const stack = newStack();
    fleetOf(stack, key, key);
    const template = Template.fromStack(stack);
    expect(settingsOf(template)).toEqual([
      { BundleId: 'wsb-clj85qzj1', VolumeEncryptionKey: arn, RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' },
    ]);
    expectKeyStatements(template, [arn]);
  });

  test.each([
    ['an alias', 'alias/aws/workspaces', `${OWN}alias/aws/workspaces`, 'alias/aws/workspaces'],
    ['the ARN of an alias', 'arn:aws-cn:kms:cn-north-1:111122223333:alias/team', 'arn:aws-cn:kms:cn-north-1:111122223333:alias/team', 'alias/team'],
  ])('by %s', (_, key, arn, alias) => {
    const stack = newStack();
    fleetOf(stack, key);
    const template = Template.fromStack(stack);
    expect(settingsOf(template)).toMatchObject([{ VolumeEncryptionKey: arn }]);
    expectAliasStatements(template, [alias]);
  });
});

test("a user's own key, and a user without encryption", () => {
  const stack = newStack();
  newFleet(stack, {
    volumeEncryptionKey: new kms.Key(stack, 'Key'),
    users: WorkspaceUsers.fromList([
      { userName: 'ana' },
      { userName: 'bo', volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'Bo', IMPORTED), rootVolumeEncryptionEnabled: false },
      { userName: 'chen', rootVolumeEncryptionEnabled: false, userVolumeEncryptionEnabled: false },
    ]),
  });
  const template = Template.fromStack(stack);
  const bundle = { BundleId: 'wsb-clj85qzj1' };
  expect(settingsOf(template)).toEqual([
    { ...bundle, VolumeEncryptionKey: '${Key961B73FD.Arn}', RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' },
    { ...bundle, VolumeEncryptionKey: IMPORTED, RootVolumeEncryptionEnabled: 'false', UserVolumeEncryptionEnabled: 'true' },
    bundle,
  ]);
  expectKeyStatements(template, ['${Key961B73FD.Arn}', IMPORTED]);
});

test('only users have keys', () => {
  const stack = newStack();
  newFleet(stack, { rootVolumeEncryptionEnabled: true, users: WorkspaceUsers.fromList([{ userName: 'ana', volumeEncryptionKey: new kms.Key(stack, 'Key') }]) });
  expectKeyStatements(Template.fromStack(stack), ['${Key961B73FD.Arn}']);
});

test('two fleets with one key need no more than one', () => {
  const stack = newStack();
  const key = new kms.Key(stack, 'Key');
  newFleet(stack, { volumeEncryptionKey: key }, 'One');
  newFleet(stack, { volumeEncryptionKey: key }, 'Two');
  expectKeyStatements(Template.fromStack(stack), ['${Key961B73FD.Arn}']);
});

test('two fleets with two keys share the statements', () => {
  const stack = newStack();
  newFleet(stack, { volumeEncryptionKey: new kms.Key(stack, 'Key') }, 'One');
  newFleet(stack, { volumeEncryptionKey: kms.Key.fromKeyArn(stack, 'Imported', IMPORTED) }, 'Two');
  expectKeyStatements(Template.fromStack(stack), ['${Key961B73FD.Arn}', IMPORTED]);
});

test('two fleets with two aliases share the statements', () => {
  const stack = newStack();
  const alias = (id: string, name: string) => kms.Alias.fromAliasName(stack, id, name);
  newFleet(stack, { volumeEncryptionKey: alias('A', 'alias/a') }, 'One');
  newFleet(stack, { volumeEncryptionKey: alias('B', 'alias/b') }, 'Two');
  newFleet(stack, { volumeEncryptionKey: alias('C', 'alias/a') }, 'Three');
  expectAliasStatements(Template.fromStack(stack), ['alias/a', 'alias/b']);
});

test('keys of two other stacks with the same name in each are two keys', () => {
  const app = new App();
  const [one, two] = ['One', 'Two'].map(id => new kms.Key(new Stack(app, id), 'Key'));
  const stack = new Stack(app, 'Stack');
  newFleet(stack, { users: WorkspaceUsers.fromList([{ userName: 'ana', volumeEncryptionKey: one }, { userName: 'bo', volumeEncryptionKey: two }]) });
  const template = Template.fromStack(stack);
  const keys = settingsOf(template).map(({ VolumeEncryptionKey }) => VolumeEncryptionKey);
  expect(keys).toEqual([expect.stringContaining('import One'), expect.stringContaining('import Two')]);
  expectKeyStatements(template, keys);
});

describe('a key whose own policy does not let the account decide', () => {
  const STATEMENT = { actions: ['kms:DescribeKey', 'kms:CreateGrant'], resources: ['*'] };
  const closed = (stack: Stack) => new kms.Key(stack, 'Key', {
    policy: new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({ principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/admin')], actions: ['kms:*'], resources: ['*'] })],
    }),
  });

  /** The resources on which a resource depends, directly or through others. */
  function before(template: Template, id: string): Set<string> {
    const { Resources } = template.toJSON();
    const found = new Set<string>();
    const visit = (each: string): void => {
      const text = JSON.stringify(Resources[each]);
      const next = Object.keys(Resources).filter(other => other !== each && text.includes(`"${other}"`) && !found.has(other));
      next.forEach(other => found.add(other));
      next.forEach(visit);
    };
    visit(id);
    return found;
  }

  test.each<[string, (key: kms.Key, fleet: BulkWorkspaces) => void, number]>([
    ['a statement', (key, fleet) => { key.addToResourcePolicy(new iam.PolicyStatement({ principals: [fleet.provider.handlerRole], ...STATEMENT })); }, 1],
    // This changes only the policy of the role.
    ['a grant', (key, fleet) => { key.grantEncryptDecrypt(fleet.provider.handlerRole); }, 0],
  ])('allows %s for the fleet, and is created before it', (_, allow, statements) => {
    const stack = newStack();
    const key = closed(stack);
    const fleet = newFleet(stack, { volumeEncryptionKey: key });
    allow(key, fleet);
    // It fails if there is a circle of dependencies.
    const template = Template.fromStack(stack);
    const [keyId] = Object.keys(template.findResources('AWS::KMS::Key'));
    const [fleetId] = Object.keys(template.findResources('Custom::BulkWorkspaces'));
    const [role] = Object.keys(template.findResources('AWS::IAM::Role')).filter(id => id.startsWith('BulkWorkspacesProviderStepRole'));
    const { KeyPolicy } = template.findResources('AWS::KMS::Key')[keyId].Properties;
    expect(KeyPolicy.Statement.slice(1).map(({ Principal }: any) => Principal.AWS)).toEqual([{ 'Fn::GetAtt': [role, 'Arn'] }].slice(0, statements));
    expect([...before(template, fleetId)]).toContain(keyId);
    expect([...before(template, keyId)]).toEqual([role].slice(0, statements));
  });

  test('there is one principal for all fleets of a stack', () => {
    const stack = newStack();
    const [one, two] = ['One', 'Two'].map(id => newFleet(stack, {}, id).provider.handlerRole.policyFragment.principalJson);
    expect(stack.resolve(one)).toEqual(stack.resolve(two));
  });
});

describe('fails at synth for', () => {
  const users = (volumeEncryptionKey: kms.IKeyRef) => WorkspaceUsers.fromList([{ userName: 'ana', volumeEncryptionKey }]);
  const asymmetric = (stack: Stack) => new kms.Key(stack, 'Key', { keySpec: kms.KeySpec.RSA_2048, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT });
  const RSA = "'volumeEncryptionKey' must be a symmetric key for encryption, got 'Stack/Key' with keySpec \"RSA_2048\"; " +
    'remove keySpec from this key, or give another key';

  test.each<[string, (stack: Stack) => kms.IKeyRef, string]>([
    ['an asymmetric key', asymmetric, RSA],
    ['an alias of an asymmetric key', stack => new kms.Alias(stack, 'Alias', { aliasName: 'a', targetKey: asymmetric(stack) }), RSA.replace('/Key', '/Alias')],
    ['a low-level key for signatures', stack => new kms.CfnKey(stack, 'Key', { keyUsage: 'GENERATE_VERIFY_MAC', keyPolicy: {} }),
      "'volumeEncryptionKey' must be a symmetric key for encryption, got 'Stack/Key' with keyUsage \"GENERATE_VERIFY_MAC\"; " +
      'remove keyUsage from this key, or give another key'],
    ['an alias without its prefix', stack => kms.Alias.fromAliasName(stack, 'Key', 'aws/workspaces'),
      '\'volumeEncryptionKey\' must be a key, or an alias whose name begins with "alias/", got "aws/workspaces"; write "alias/aws/workspaces" instead'],
  ])('%s', (_, key, message) => {
    const [stack, other] = [newStack(), newStack()];
    expect(failure(() => newFleet(stack, { volumeEncryptionKey: key(stack) }))).toBe(`${message} (at 'Stack/Fleet')`);
    expect(failure(() => newFleet(other, { users: users(key(other)) }))).toBe(`${message} (user "ana") (at 'Stack/Fleet')`);
  });

  test('not for a key that is declared symmetric, or for a value that is known only at deployment', () => {
    const stack = newStack();
    const later = () => Lazy.string({ produce: () => 'later' });
    newFleet(stack, { volumeEncryptionKey: new kms.Key(stack, 'A', { keySpec: kms.KeySpec.SYMMETRIC_DEFAULT, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT }) }, 'One');
    newFleet(stack, { volumeEncryptionKey: new kms.CfnKey(stack, 'B', { keySpec: later(), keyUsage: later(), keyPolicy: {} }) }, 'Two');
    newFleet(stack, { volumeEncryptionKey: kms.Alias.fromAliasName(stack, 'C', later()) }, 'Three');
  });
});
