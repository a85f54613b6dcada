import { App, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { flat, newFleet, newStack, resourcesOf, stepStatements } from './fixtures';
import { BundleChange, WorkspaceUsers } from '../src';
import { STEP_TIMEOUT_SECONDS } from '../src/private/contract';

const PREFIX = 'arn:${AWS::Partition}:workspaces:${AWS::Region}';
const OURS = '${select 2 of ${split ${AWS::StackId}}}/*';
const TABLE = '${BulkWorkspacesProviderLedgerAFCF38F7.Arn}';

function statementsOf(template: Template, role: string): any[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(`BulkWorkspacesProvider${role}`));
  expect(policies).toHaveLength(1);
  return policies[0][1].Properties.PolicyDocument.Statement;
}

function oneFleet(): Template {
  const stack = newStack();
  newFleet(stack);
  return Template.fromStack(stack);
}

describe('one provider', () => {
  test('for all fleets of a stack', () => {
    const stack = newStack();
    newFleet(stack, {}, 'One');
    newFleet(stack, {}, 'Two');
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 3 + 3); // ours, and the framework's
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.resourceCountIs('AWS::Logs::LogGroup', 1);
    const tokens = Object.values(template.findResources('Custom::BulkWorkspaces')).map(({ Properties }) => flat(Properties.ServiceToken));
    expect(new Set(tokens).size).toBe(1);
  });

  test('for each stack of an app', () => {
    const app = new App();
    const stacks = ['One', 'Two'].map(id => new Stack(app, id));
    stacks.forEach(stack => newFleet(stack));
    for (const stack of stacks) Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 1);
  });
});

describe('functions', () => {
  test.each([
    ['step', { Timeout: STEP_TIMEOUT_SECONDS, MemorySize: 512 },
      { LEDGER_TABLE_NAME: { Ref: 'BulkWorkspacesProviderLedgerAFCF38F7' }, STEP_TIMEOUT_SECONDS: String(STEP_TIMEOUT_SECONDS) }],
    ['isComplete', { Timeout: 900, MemorySize: 256 }, { STEP_FUNCTION_NAME: { Ref: 'BulkWorkspacesProviderStep021A0B83' } }],
    ['onEvent', { Timeout: 240, MemorySize: 256 }, { LEDGER_TABLE_NAME: { Ref: 'BulkWorkspacesProviderLedgerAFCF38F7' } }],
  ])('%s', (handler, properties, environment) => {
    const logGroup = { Ref: 'BulkWorkspacesProviderLogsF020A52E' };
    oneFleet().hasResourceProperties('AWS::Lambda::Function', {
      ...properties,
      Handler: `index.${handler}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: logGroup },
      Environment: { Variables: Match.objectEquals({ ...environment, LOG_GROUP_NAME: logGroup, STACK_ID: { Ref: 'AWS::StackId' } }) },
    });
  });

  test('are of one asset', () => {
    const functions = Object.values(oneFleet().findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties);
    const ours = functions.filter(({ Handler }) => Handler.startsWith('index.'));
    expect(ours).toHaveLength(3);
    expect(new Set(ours.map(({ Code }) => JSON.stringify(Code))).size).toBe(1);
  });

  test('are asked every 30 seconds for an hour, and no execution data is logged', () => {
    const [machine] = Object.values(oneFleet().findResources('AWS::StepFunctions::StateMachine'));
    expect(flat(machine.Properties.DefinitionString)).toContain('"IntervalSeconds":30,"MaxAttempts":120,"BackoffRate":1');
    expect(machine.Properties.LoggingConfiguration).toBeUndefined();
  });
});

test('the ledger', () => {
  const template = oneFleet();
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: Match.objectEquals({
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  });
});

describe('logs', () => {
  test('in a group without a name, which is deleted with the stack', () => {
    oneFleet().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: Match.objectEquals({ RetentionInDays: 90 }) });
  });

  test('in a given group, of all six functions', () => {
    const stack = newStack();
    newFleet(stack, { logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', 'desktops') });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    const groups = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.LoggingConfig.LogGroup);
    expect(groups).toEqual(Array(6).fill('desktops'));
    expect(resourcesOf(stepStatements(template).WriteLogs)).toEqual([
      'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:desktops:*',
    ]);
  });
});

describe('permissions', () => {
  test('of onEvent: logs, and single rows of the ledger', () => {
    const [writeLogs, ...others] = statementsOf(oneFleet(), 'OnEventRole');
    expect(writeLogs).toMatchObject({ Sid: 'WriteLogs', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] });
    expect(resourcesOf(writeLogs)).toEqual([
      'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${BulkWorkspacesProviderLogsF020A52E}:*',
    ]);
    expect(others.map(each => ({ ...each, Resource: flat(each.Resource) }))).toEqual([
      { Sid: 'NoteEvents', Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], Resource: TABLE },
    ]);
  });

  test('of isComplete: logs, and the step function', () => {
    const [writeLogs, ...others] = statementsOf(oneFleet(), 'IsCompleteRole');
    expect(writeLogs.Sid).toBe('WriteLogs');
    expect(others.map(each => ({ ...each, Resource: flat(each.Resource) }))).toEqual([
      { Sid: 'InvokeStep', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '${BulkWorkspacesProviderStep021A0B83.Arn}' },
    ]);
  });

  test('of our three roles: no managed policy', () => {
    const roles = Object.entries(oneFleet().findResources('AWS::IAM::Role')).filter(([id]) => !id.includes('Framework'));
    expect(roles.map(([, { Properties }]) => Properties.ManagedPolicyArns)).toEqual([undefined, undefined, undefined]);
  });

  test('of step: only the statements below', () => {
    expect(Object.keys(stepStatements(oneFleet()))).toEqual([
      'WriteLogs', 'KeepLedger', 'LookAtDesktops', 'CreateFromBundles', 'CreateOwnDesktops', 'TerminateOwnDesktops', 'ModifyOwnDesktops', 'TagOnCreate',
      'UntagDesktops', 'ReleaseDesktops', 'LookAtOwnStack',
    ]);
  });

  const tagged = (kind: string) => ({ StringLike: { [`aws:${kind}/cdk-bulk-workspaces:fleet`]: OURS } });

  test.each<[string, string | string[], string[], object?]>([
    ['KeepLedger', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], [TABLE]],
    ['LookAtDesktops',
      ['workspaces:DescribeWorkspaces', 'workspaces:DescribeWorkspaceBundles', 'workspaces:DescribeWorkspaceDirectories', 'workspaces:DescribeTags', 'tag:GetResources'], ['*']],
    ['CreateFromBundles', 'workspaces:CreateWorkspaces',
      [`${PREFIX}:\${AWS::AccountId}:directory/d-90670b2f8c`, `${PREFIX}:*:workspacebundle/wsb-clj85qzj1`]],
    ['CreateOwnDesktops', 'workspaces:CreateWorkspaces', [`${PREFIX}:\${AWS::AccountId}:workspace/*`], tagged('RequestTag')],
    ['TerminateOwnDesktops', 'workspaces:TerminateWorkspaces', [`${PREFIX}:\${AWS::AccountId}:workspace/*`],
      { ...tagged('ResourceTag'), Null: { 'aws:ResourceTag/cdk-bulk-workspaces:adopted': 'true' } }],
    ['ModifyOwnDesktops', 'workspaces:ModifyWorkspaceProperties', [`${PREFIX}:\${AWS::AccountId}:workspace/*`], tagged('ResourceTag')],
    ['TagOnCreate', 'workspaces:CreateTags', ['*'],
      { ...tagged('RequestTag'), 'ForAllValues:StringLike': { 'aws:TagKeys': '["cdk-bulk-workspaces:fleet"]' } }],
    ['UntagDesktops', 'workspaces:DeleteTags', ['*'],
      { 'ForAllValues:StringNotLike': { 'aws:TagKeys': '["cdk-bulk-workspaces:*"]' }, 'Null': { 'aws:TagKeys': 'false' } }],
    ['ReleaseDesktops', 'workspaces:DeleteTags', ['*'],
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': '["cdk-bulk-workspaces:fleet","cdk-bulk-workspaces:adopted"]' }, 'Null': { 'aws:TagKeys': 'false' } }],
    ['LookAtOwnStack', ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackEvents', 'cloudformation:DescribeStackResource', 'cloudformation:GetTemplate'], ['${AWS::StackId}']],
  ])('of step: %s', (...row) => {
    const [sid, action, resources, condition] = row;
    const statement = stepStatements(oneFleet())[sid];
    expect(statement.Effect).toBe('Allow');
    expect(statement.Action).toEqual(action);
    expect(resourcesOf(statement)).toEqual(resources);
    const conditions = statement.Condition && Object.fromEntries(Object.entries<any>(statement.Condition).map(([operator, pairs]) =>
      [operator, Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, flat(value)]))]));
    expect(conditions).toEqual(condition);
  });

  test('of step: may migrate only own desktops, to bundles of fleets that migrate, and only if one does; stated once', () => {
    const stack = newStack();
    const migrating = { bundleChange: BundleChange.migrate() };
    newFleet(stack, { ...migrating, bundleId: 'wsb-8vbljg4r6' }, 'One');
    const users = WorkspaceUsers.fromList([{ userName: 'ana', bundleId: 'wsb-b0s22j3d7' }, { userName: 'bo', bundleId: 'wsb-8vbljg4r6' }]);
    newFleet(stack, { ...migrating, users });
    for (const other of ['refuse', 'newUsersOnly', 'replace'] as const) newFleet(stack, { bundleChange: BundleChange[other]() }, other);
    const template = Template.fromStack(stack);
    const { MigrateOwnDesktops, MigrateToBundles, ModifyOwnDesktops } = stepStatements(template);
    const notAdopted = { Null: { 'aws:ResourceTag/cdk-bulk-workspaces:adopted': 'true' } };
    const Condition = { ...ModifyOwnDesktops.Condition, ...notAdopted };
    expect(MigrateOwnDesktops).toEqual({ ...ModifyOwnDesktops, Condition, Sid: 'MigrateOwnDesktops', Action: 'workspaces:MigrateWorkspace' });
    expect(MigrateToBundles).toMatchObject({ Effect: 'Allow', Action: 'workspaces:MigrateWorkspace' });
    expect(MigrateToBundles.Condition).toBeUndefined();
    expect(resourcesOf(MigrateToBundles)).toEqual([`${PREFIX}:*:workspacebundle/wsb-8vbljg4r6`, `${PREFIX}:*:workspacebundle/wsb-b0s22j3d7`]);
    expect(statementsOf(template, 'StepRole').filter(({ Action }) => Action === 'workspaces:MigrateWorkspace')).toHaveLength(2);
  });

  test('of step grow with the fleets, and nothing is stated twice', () => {
    const stack = newStack();
    const later = new CfnParameter(stack, 'Bundle');
    newFleet(stack, {}, 'One');
    newFleet(stack, { directoryId: 'd-90670b2f8d' }, 'Two');
    newFleet(stack, { users: WorkspaceUsers.fromList([{ userName: 'ana', bundleId: 'wsb-8vbljg4r6' }, { userName: 'bo', bundleId: later.valueAsString }]) });
    newFleet(stack, { bundleId: Fn.ref('Bundle') }, 'Four');
    expect(resourcesOf(stepStatements(Template.fromStack(stack)).CreateFromBundles)).toEqual([
      `${PREFIX}:\${AWS::AccountId}:directory/d-90670b2f8c`,
      `${PREFIX}:*:workspacebundle/wsb-clj85qzj1`,
      `${PREFIX}:\${AWS::AccountId}:directory/d-90670b2f8d`,
      `${PREFIX}:*:workspacebundle/wsb-8vbljg4r6`,
      `${PREFIX}:*:workspacebundle/\${Bundle}`,
    ]);
  });

  test('are there before a fleet is created and until it is deleted', () => {
    const template = oneFleet();
    const [policy] = Object.keys(template.findResources('AWS::IAM::Policy')).filter(id => id.startsWith('BulkWorkspacesProviderStepRole'));
    template.hasResource('Custom::BulkWorkspaces', { DependsOn: Match.arrayWith([policy]) });
  });
});

test('the answer of a provider comes before CloudFormation stops listening', () => {
  oneFleet().hasResourceProperties('Custom::BulkWorkspaces', { ServiceTimeout: String(Duration.hours(1).toSeconds()) });
});
