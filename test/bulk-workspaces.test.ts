import { CfnParameter, Duration, Fn, RemovalPolicy, Size, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { fleetProperties, newFleet, newStack } from './fixtures';
import {
  ComputeType, FailureTolerance, GlobalAccelerator, LateWorkspaces, OperatingSystem, PreferredProtocol, RemovedUsers, RunningMode, TerminationLimit, WaitFor, WorkspaceProtocol,
  WorkspaceUsers,
} from '../src';

const RESOURCE = 'Fleet30813DF3';

test('the smallest fleet sends nothing that was not asked for', () => {
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
  });
});

test('every setting reaches the wire under its name in the API', () => {
  const stack = newStack();
  newFleet(stack, {
    runningMode: RunningMode.autoStop(Duration.hours(2)),
    computeType: ComputeType.PERFORMANCE,
    rootVolumeSize: Size.gibibytes(175),
    userVolumeSize: Size.gibibytes(100),
    protocols: [WorkspaceProtocol.WSP, WorkspaceProtocol.PCOIP],
    operatingSystem: OperatingSystem.WINDOWS_SERVER_2022,
    globalAccelerator: GlobalAccelerator.enabledAuto(PreferredProtocol.TCP),
    nestedVirtualization: true,
    waitFor: WaitFor.EXISTS,
    lateWorkspaces: LateWorkspaces.FAIL,
    timeout: Duration.minutes(10),
    failureTolerance: FailureTolerance.percentage(10),
    removedUsers: RemovedUsers.RELEASE,
    terminationLimit: TerminationLimit.count(40),
    refresh: 'again',
  });

  expect(fleetProperties(stack)).toMatchObject({
    Settings: [{
      BundleId: 'wsb-clj85qzj1',
      RunningMode: 'AUTO_STOP',
      RunningModeAutoStopTimeoutInMinutes: '120',
      ComputeTypeName: 'PERFORMANCE',
      RootVolumeSizeGib: '175',
      UserVolumeSizeGib: '100',
      Protocols: ['WSP', 'PCOIP'],
      OperatingSystemName: 'WINDOWS_SERVER_2022',
      GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' },
      NestedVirtualizationEnabled: 'true',
    }],
    WaitFor: 'EXISTS',
    LateWorkspaces: 'FAIL',
    TimeoutSeconds: '600',
    FailureTolerance: '10%',
    RemovedUsers: 'RELEASE',
    TerminationLimit: '40',
    Refresh: 'again',
  });
});

test('what a user has of their own wins over the fleet, and what they leave out stays', () => {
  const stack = newStack();
  newFleet(stack, {
    runningMode: RunningMode.alwaysOn(),
    rootVolumeSize: Size.gibibytes(80),
    userVolumeSize: Size.gibibytes(50),
    nestedVirtualization: true,
    users: WorkspaceUsers.fromList([
      { userName: 'ana' },
      {
        userName: 'bo',
        bundleId: 'wsb-8vbljg4r6',
        runningMode: RunningMode.manual(),
        computeType: ComputeType.of('NEW_ONE'),
        userVolumeSize: Size.gibibytes(10),
        protocols: [WorkspaceProtocol.of('NEXT')],
        operatingSystem: OperatingSystem.of('PLAN_9'),
        globalAccelerator: GlobalAccelerator.of('SOMETIMES', 'UDP'),
        nestedVirtualization: false,
        ipv6Address: '2001:db8::17',
        tags: { team: 'north' },
      },
    ]),
  });

  const common = { RunningMode: 'ALWAYS_ON', RootVolumeSizeGib: '80', UserVolumeSizeGib: '50', NestedVirtualizationEnabled: 'true' };
  expect(fleetProperties(stack)).toMatchObject({
    Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }],
    Settings: [
      { BundleId: 'wsb-clj85qzj1', ...common },
      {
        BundleId: 'wsb-8vbljg4r6',
        RunningMode: 'MANUAL',
        ComputeTypeName: 'NEW_ONE',
        RootVolumeSizeGib: '80',
        UserVolumeSizeGib: '10',
        Protocols: ['NEXT'],
        OperatingSystemName: 'PLAN_9',
        GlobalAccelerator: { Mode: 'SOMETIMES', PreferredProtocol: 'UDP' },
        NestedVirtualizationEnabled: 'false',
        Ipv6Address: '2001:db8::17',
        Tags: { team: 'north' },
      },
    ],
  });
});

test.each([
  [GlobalAccelerator.disabled(), { Mode: 'DISABLED' }],
  [GlobalAccelerator.inherited(), { Mode: 'INHERITED' }],
  [GlobalAccelerator.enabledAuto(), { Mode: 'ENABLED_AUTO' }],
])('a Global Accelerator choice without a protocol sends none (%#)', (globalAccelerator, wire) => {
  const stack = newStack();
  newFleet(stack, { globalAccelerator });
  expect(fleetProperties(stack).Settings[0].GlobalAccelerator).toEqual(wire);
});

test('auto-stop without a time leaves it to the service', () => {
  const stack = newStack();
  newFleet(stack, { runningMode: RunningMode.autoStop() });
  expect(fleetProperties(stack).Settings).toEqual([{ BundleId: 'wsb-clj85qzj1', RunningMode: 'AUTO_STOP' }]);
});

test('numbers that are known only when the stack is deployed travel as such', () => {
  const stack = newStack();
  const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
  newFleet(stack, {
    runningMode: RunningMode.autoStop(Duration.minutes(number)),
    rootVolumeSize: Size.gibibytes(number),
    timeout: Duration.seconds(number),
    failureTolerance: FailureTolerance.percentage(number),
  });
  expect(fleetProperties(stack)).toMatchObject({
    Settings: [{ RunningModeAutoStopTimeoutInMinutes: { Ref: 'Number' }, RootVolumeSizeGib: { Ref: 'Number' } }],
    TimeoutSeconds: { Ref: 'Number' },
    FailureTolerance: { 'Fn::Join': ['', [{ Ref: 'Number' }, '%']] },
  });
});

test.each([
  [undefined, 'RetainExceptOnCreate', 'Retain'],
  [RemovalPolicy.DESTROY, 'Delete', 'Delete'],
  [RemovalPolicy.RETAIN, 'Retain', 'Retain'],
])('removal policy %s', (removalPolicy, DeletionPolicy, UpdateReplacePolicy) => {
  const stack = newStack();
  newFleet(stack, { removalPolicy });
  Template.fromStack(stack).hasResource('Custom::BulkWorkspaces', { DeletionPolicy, UpdateReplacePolicy });
});

test('ids are one token for each user, in their order', () => {
  const stack = newStack();
  const fleet = newFleet(stack);
  const id = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': [',', { 'Fn::GetAtt': [RESOURCE, 'WorkspaceIds'] }] }] });

  expect(fleet.userCount).toBe(2);
  expect(stack.resolve(fleet.workspaceIds)).toEqual([id(0), id(1)]);
  expect(stack.resolve(fleet.workspaceId('bo'))).toEqual(id(1));
  expect(stack.resolve(fleet.workspaceId('ANA'))).toEqual(id(0));
  expect(stack.resolve([fleet.refusedUsers, fleet.lateUsers, fleet.fleetId])).toEqual(
    ['RefusedUsers', 'LateUsers', 'FleetId'].map(name => ({ 'Fn::GetAtt': [RESOURCE, name] })));
});

test('a user whose name is a token is found by it', () => {
  const stack = newStack();
  const name = Token.asString({ Ref: 'Name' });
  const fleet = newFleet(stack, { users: WorkspaceUsers.fromNames('ana', name) });
  expect(fleet.workspaceId(name)).toBe(fleet.workspaceIds[1]);
});

test('a user is found by another token for the same name', () => {
  const stack = newStack();
  const first = () => Fn.select(0, Token.asList({ Ref: 'Names' }));
  const fleet = newFleet(stack, { users: WorkspaceUsers.fromNames('bo', first()) });
  expect(fleet.workspaceId(first())).toBe(fleet.workspaceIds[1]);
});

test('outputs by default, with ids that do not collide between fleets', () => {
  const stack = newStack();
  newFleet(stack);
  newFleet(stack, {}, 'Other');
  const outputs = Template.fromStack(stack).findOutputs('*');
  expect(Object.keys(outputs).map(id => id.slice(0, -8))).toEqual([
    'FleetWorkspaceIds', 'FleetRefusedUsers', 'FleetLateUsers', 'OtherWorkspaceIds', 'OtherRefusedUsers', 'OtherLateUsers',
  ]);
  expect(Object.values(outputs).map(({ Value }) => Value).slice(0, 3)).toEqual(
    ['WorkspaceIds', 'RefusedUsers', 'LateUsers'].map(name => ({ 'Fn::GetAtt': [RESOURCE, name] })));
});

test('no outputs when not wanted', () => {
  const stack = newStack();
  newFleet(stack, { outputs: false });
  expect(Template.fromStack(stack).findOutputs('*')).toEqual({});
});

test('grantRead lets someone read the ledger, and not write it', () => {
  const stack = newStack();
  const role = new iam.Role(stack, 'Auditor', { assumedBy: new iam.AccountRootPrincipal() });
  newFleet(stack).grantRead(role);
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const [statement] = Object.entries(policies).find(([id]) => id.startsWith('Auditor'))![1].Properties.PolicyDocument.Statement;
  expect(statement.Action).toContain('dynamodb:Query');
  expect(statement.Action.filter((action: string) => /Put|Update|Delete|Write/.test(action))).toEqual([]);
  expect(JSON.stringify(statement.Resource)).toContain('BulkWorkspacesProviderLedger');
});
