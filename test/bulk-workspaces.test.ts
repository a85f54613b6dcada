import { CfnParameter, Duration, Fn, RemovalPolicies, RemovalPolicy, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { fleetProperties, newFleet, newStack } from './fixtures';
import { BulkWorkspacesProps, BundleChange, ExistingWorkspaces, FailureTolerance, LateWorkspaces, RemovedUsers, TerminationLimit, WaitFor, WorkspaceUsers } from '../src';

const RESOURCE = 'Fleet30813DF3';

test('the smallest fleet sends only what was asked for', () => {
  const stack = newStack();
  newFleet(stack);

  const { ServiceToken, ...properties } = fleetProperties(stack);
  expect(ServiceToken).toEqual({ 'Fn::GetAtt': [expect.stringMatching('BulkWorkspacesProviderFramework.*onEvent'), 'Arn'] });
  expect(properties).toEqual({
    ServiceTimeout: '3600',
    DirectoryId: 'd-90670b2f8c',
    UserCount: '2',
    Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }],
    Settings: [{ BundleId: 'wsb-clj85qzj1' }],
    WaitFor: 'AVAILABLE',
    LateWorkspaces: 'ACCEPT',
    TimeoutSeconds: '3000',
    FailureTolerance: '0',
    RemovedUsers: 'REFUSE',
    BundleChange: 'REFUSE',
    RetainOnReplace: 'true',
    AttributesVersion: '2',
  });
});

test('every prop of the fleet itself reaches the wire', () => {
  const stack = newStack();
  newFleet(stack, {
    waitFor: WaitFor.EXISTS,
    lateWorkspaces: LateWorkspaces.fail(),
    timeout: Duration.minutes(10),
    failureTolerance: FailureTolerance.percentage(10),
    removedUsers: RemovedUsers.release(),
    terminationLimit: TerminationLimit.count(40),
    existingWorkspaces: ExistingWorkspaces.adopt(),
    bundleChange: BundleChange.migrate(),
    refresh: 'again',
  });

  expect(fleetProperties(stack)).toMatchObject({
    WaitFor: 'EXISTS',
    LateWorkspaces: 'FAIL',
    TimeoutSeconds: '600',
    FailureTolerance: '10%',
    RemovedUsers: 'RELEASE',
    TerminationLimit: '40',
    ExistingWorkspaces: { Adopt: 'UNOWNED' },
    BundleChange: 'MIGRATE',
    Refresh: 'again',
  });
});

test('numbers that are known only at deployment are sent as tokens', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  newFleet(stack, { timeout: Duration.seconds(number), failureTolerance: FailureTolerance.percentage(number) });
  expect(fleetProperties(stack)).toMatchObject({
    TimeoutSeconds: { Ref: 'Number' },
    FailureTolerance: { 'Fn::Join': ['', [{ Ref: 'Number' }, '%']] },
  });
});

test.each([
  [undefined, 'RetainExceptOnCreate', 'Retain', 'true'],
  [RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, 'RetainExceptOnCreate', 'Retain', 'true'],
  [RemovalPolicy.DESTROY, 'Delete', 'Delete', undefined],
  [RemovalPolicy.RETAIN, 'Retain', 'Retain', 'true'],
])('removal policy %s', (removalPolicy, DeletionPolicy, UpdateReplacePolicy, retainOnReplace) => {
  const stack = newStack();
  newFleet(stack, { removalPolicy });
  Template.fromStack(stack).hasResource('Custom::BulkWorkspaces', { DeletionPolicy, UpdateReplacePolicy });
  expect(fleetProperties(stack).RetainOnReplace).toBe(retainOnReplace);
});

test('the provider knows a removal policy that an aspect has set', () => {
  const stack = newStack();
  newFleet(stack);
  RemovalPolicies.of(stack).destroy();
  Template.fromStack(stack).hasResource('Custom::BulkWorkspaces', { UpdateReplacePolicy: 'Delete' });
  expect(fleetProperties(stack)).not.toHaveProperty('RetainOnReplace');
});

describe('desktops that exist already', () => {
  const FLEETS = ['6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d', '0cc175b9-c0f1-b6a8-31c3-99e269772661/00000000'];

  test.each([
    ['refuse()', ExistingWorkspaces.refuse(), undefined],
    ['adopt()', ExistingWorkspaces.adopt(), { Adopt: 'UNOWNED' }],
    ['adopt() from others', ExistingWorkspaces.adopt({ fromFleets: FLEETS }), { Adopt: 'UNOWNED', FleetIds: FLEETS }],
  ])('%s', (_, existingWorkspaces, property) => {
    const stack = newStack();
    newFleet(stack, { existingWorkspaces });
    expect(fleetProperties(stack).ExistingWorkspaces).toEqual(property);
  });

  test('of a fleet whose id is known only at deployment', () => {
    const stack = newStack();
    const other = newFleet(stack, {}, 'Other');
    const parameter = new CfnParameter(stack, 'FleetId').valueAsString;
    newFleet(stack, { existingWorkspaces: ExistingWorkspaces.adopt({ fromFleets: [FLEETS[0], parameter, other.fleetId] }) });
    Template.fromStack(stack).hasResourceProperties('Custom::BulkWorkspaces', {
      ExistingWorkspaces: { Adopt: 'UNOWNED', FleetIds: [FLEETS[0], { Ref: 'FleetId' }, { 'Fn::GetAtt': [Match.stringLikeRegexp('^Other'), 'FleetId'] }] },
    });
  });

  test('of a list of fleets that is known only at deployment', () => {
    const stack = newStack();
    const list = new CfnParameter(stack, 'FleetIds', { type: 'CommaDelimitedList' }).valueAsList;
    newFleet(stack, { existingWorkspaces: ExistingWorkspaces.adopt({ fromFleets: list }) });
    expect(fleetProperties(stack).ExistingWorkspaces).toEqual({ Adopt: 'UNOWNED', FleetIds: { Ref: 'FleetIds' } });
  });
});

test.each<[string, Partial<BulkWorkspacesProps>]>([
  ['REFUSE', { bundleChange: BundleChange.refuse() }],
  ['NEW_USERS_ONLY', { bundleChange: BundleChange.newUsersOnly() }],
  ['MIGRATE', { bundleChange: BundleChange.migrate() }],
  ['REPLACE', { bundleChange: BundleChange.replace() }],
  ['REFUSE', { removedUsers: RemovedUsers.refuse() }],
  ['TERMINATE', { removedUsers: RemovedUsers.terminate() }],
  ['RELEASE', { removedUsers: RemovedUsers.release() }],
  ['ACCEPT', { lateWorkspaces: LateWorkspaces.accept() }],
  ['FAIL', { lateWorkspaces: LateWorkspaces.fail() }],
])('%s is sent of %o', (sent, props) => {
  const stack = newStack();
  newFleet(stack, props);
  const [prop] = Object.keys(props);
  expect(fleetProperties(stack)[`${prop[0].toUpperCase()}${prop.slice(1)}`]).toBe(sent);
});

test('ids are one token for each user, in their order', () => {
  const stack = newStack();
  const fleet = newFleet(stack);
  const id = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': [',', { 'Fn::GetAtt': [RESOURCE, 'WorkspaceIds'] }] }] });

  expect(stack.resolve(fleet.workspaceIds())).toEqual([id(0), id(1)]);
  expect(stack.resolve(fleet.workspaceId('bo'))).toEqual(id(1));
  expect(stack.resolve(fleet.workspaceId('ANA'))).toEqual(id(0));
  expect(stack.resolve([fleet.refusedUsersSummary, fleet.lateUsersSummary, fleet.noticesSummary, fleet.fleetId])).toEqual(
    ['RefusedUsers', 'LateUsers', 'Notices', 'FleetId'].map(name => ({ 'Fn::GetAtt': [RESOURCE, name] })));
});

test('a user whose name is a token is found by it', () => {
  const stack = newStack();
  const name = Token.asString({ Ref: 'Name' });
  const fleet = newFleet(stack, { users: WorkspaceUsers.fromNames(['ana', name]) });
  expect(fleet.workspaceId(name)).toBe(fleet.workspaceIds()[1]);
});

test('a user is found by another token for the same name', () => {
  const stack = newStack();
  const first = () => Fn.select(0, Token.asList({ Ref: 'Names' }));
  const fleet = newFleet(stack, { users: WorkspaceUsers.fromNames(['bo', first()]) });
  expect(fleet.workspaceId(first())).toBe(fleet.workspaceIds()[1]);
});

test('outputs by default, with ids that do not collide between fleets', () => {
  const stack = newStack();
  newFleet(stack);
  newFleet(stack, {}, 'Other');
  const outputs = Template.fromStack(stack).findOutputs('*');
  expect(Object.keys(outputs).map(id => id.slice(0, -8))).toEqual([
    'FleetWorkspaceIds', 'FleetRefusedUsersSummary', 'FleetLateUsersSummary', 'FleetNoticesSummary',
    'OtherWorkspaceIds', 'OtherRefusedUsersSummary', 'OtherLateUsersSummary', 'OtherNoticesSummary',
  ]);
  expect(Object.values(outputs).map(({ Value }) => Value).slice(0, 4)).toEqual(
    ['WorkspaceIds', 'RefusedUsers', 'LateUsers', 'Notices'].map(name => ({ 'Fn::GetAtt': [RESOURCE, name] })));
});

test('no outputs if they are switched off', () => {
  const stack = newStack();
  newFleet(stack, { outputs: false });
  expect(Template.fromStack(stack).findOutputs('*')).toEqual({});
});

test('grantStatus lets someone read what the ledger has of this fleet, and not write it, nor scan the table', () => {
  const stack = newStack();
  const role = new iam.Role(stack, 'Auditor', { assumedBy: new iam.AccountRootPrincipal() });
  expect(newFleet(stack).grantStatus(role).success).toBe(true);
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const [statement] = Object.entries(policies).find(([id]) => id.startsWith('Auditor'))![1].Properties.PolicyDocument.Statement;
  expect(statement).toEqual({
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BulkWorkspacesProviderLedger/), 'Arn'] },
    Condition: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [{ 'Fn::Join': ['', ['fleet#', { 'Fn::GetAtt': [RESOURCE, 'FleetId'] }, '#*']] }] },
      'Null': { 'dynamodb:LeadingKeys': 'false' },
    },
  });
});

test('a fleet has the provider of its stack', () => {
  const stack = newStack();
  const [one, two] = [newFleet(stack), newFleet(stack, {}, 'Other')];
  expect(one.provider).toBe(two.provider);
  expect(one).not.toHaveProperty('grantPrincipal');
});
