import { App, Duration, Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { failure, fleetProperties, newFleet, newStack } from './fixtures';
import {
  BulkWorkspaces, BundleChange, ExistingWorkspaces, FailureTolerance, GlobalAccelerator, LateWorkspaces, RemovedUsers, RunningMode, WaitFor,
  WorkspaceProtocol, WorkspaceUsers,
} from '../src';
import type * as library from '../src';

// Values of a wrong type, which only a compiler refuses, and plain JavaScript has none. For settings of desktops, see desktop-settings.test.ts.
test.each<[string, any, string]>([
  ['users', ['ana'], 'must be made with WorkspaceUsers.fromNames(), .fromList() or .fromCsv(), got ["ana"]'],
  ['users', undefined, 'must be made with WorkspaceUsers.fromNames(), .fromList() or .fromCsv(), got undefined'],
  ['waitFor', 'SOON', 'must be WaitFor.AVAILABLE or WaitFor.EXISTS, got "SOON"'],
  ['timeout', 50, 'must be made with Duration.minutes(), got 50'],
  ['lateWorkspaces', true, 'must be made with LateWorkspaces.accept() or .fail(), got true'],
  ['lateWorkspaces', LateWorkspaces.accept, 'must be made with LateWorkspaces.accept() or .fail(), got a function'],
  ['existingWorkspaces', 'ADOPT', 'must be made with ExistingWorkspaces.refuse() or .adopt(), got "ADOPT"'],
  ['existingWorkspaces', ExistingWorkspaces.adopt, 'must be made with ExistingWorkspaces.refuse() or .adopt(), got a function'],
  ['bundleChange', 'REBUILD',
    'must be made with BundleChange.refuse(), .newUsersOnly(), .migrate() or .replace(), got "REBUILD"'],
  ['removedUsers', 'TERMINATE', 'must be made with RemovedUsers.refuse(), .terminate() or .release(), got "TERMINATE"'],
  ['removedUsers', BundleChange.refuse(), 'must be made with RemovedUsers.refuse(), .terminate() or .release(), got an object of class BundleChange'],
  ['terminationLimit', 'unlimited', 'must be made with TerminationLimit.count(), .percentage() or .unlimited(), got "unlimited"'],
  ['failureTolerance', 2, 'must be made with FailureTolerance.none(), .count() or .percentage(), got 2'],
  ['failureTolerance', { value: '2' }, 'must be made with FailureTolerance.none(), .count() or .percentage(), got an object of class Object'],
  ['failureTolerance', new App(), 'must be made with FailureTolerance.none(), .count() or .percentage(), got an object of class App'],
  ['refresh', 1, 'must be a string, got 1'],
  ['outputs', 'false', 'must be true or false, got "false"'],
  ['logGroup', 'desktops', 'must be a log group, such as logs.LogGroup.fromLogGroupName(), got "desktops"'],
])('%s is refused if it has another type (%#)', (prop, value, message) => {
  const stack = newStack();
  expect(failure(() => newFleet(stack, { [prop]: value }))).toBe(`'${prop}' ${message} (at 'Stack/Fleet')`);
  expect(stack.node.findAll()).toHaveLength(2);
});

test.each<[string, string]>([
  ['volumeEncryptionkey', 'volumeEncryptionKey'],
  ['runingMode', 'runningMode'],
  ['removedusers', 'removedUsers'],
  ['protocol', 'protocols'],
  ['rootVolumeSizeGib', 'rootVolumeSize'], // as in a CSV file
  ['autoStopTimeoutInMinutes', 'runningMode'],
])('%s is misspelt', (given, meant) => {
  const stack = newStack();
  expect(failure(() => newFleet(stack, { [given]: undefined }))).toBe(`'${given}' is not known; did you mean '${meant}'? (at 'Stack/Fleet')`);
  expect(stack.node.findAll()).toHaveLength(2);
});

test('what is misspelt for one user is refused, with whose it is', () => {
  const users = WorkspaceUsers.fromList([{ userName: 'ana' }, { userName: 'bo', bundleID: 'wsb-b0s22j3d7' } as any]);
  expect(failure(() => newFleet(newStack(), { users }))).toBe("'bundleID' is not known; did you mean 'bundleId'? (user \"bo\") (at 'Stack/Fleet')");
});

test('props of a larger struct pass', () => {
  const larger = { bundle: 'standard', owner: 'desktops', timeouts: 3, timeout: Duration.minutes(40), usersFile: 'users.csv' };
  newFleet(newStack(), larger as object);
});

test('props that are missing are refused', () => {
  expect(failure(() => new (BulkWorkspaces as any)(newStack(), 'Fleet'))).toBe(
    "'users' must be made with WorkspaceUsers.fromNames(), .fromList() or .fromCsv(), got undefined (at 'Stack/Fleet')");
});

test.each<[string, () => unknown, string]>([
  ['a list of lists', () => WorkspaceUsers.fromNames([['ana', 'bo']] as any), 'got ["ana", "bo"]'],
  ['a list of names', () => WorkspaceUsers.fromList(['ana'] as any), 'got undefined'],
  ['a number', () => WorkspaceUsers.fromNames([7 as any]), 'got 7'],
])('%s is not one of users', (_, make, got) => {
  expect(failure(make)).toBe(`a user name must be a string, ${got}; write fromNames(['ana', 'bo']) or fromList([{ userName: 'ana' }, { userName: 'bo' }])`);
});

test('a number is not a tag value, and a string is not a tolerance', () => {
  expect(failure(() => newFleet(newStack(), { tags: { cost: 42 as any } }))).toBe(
    'the value of tag "cost" of \'tags\' must be a string, got 42; write it in quotes (at \'Stack/Fleet\')');
  expect(failure(() => FailureTolerance.count('2' as any))).toBe(
    'FailureTolerance.count() takes a whole number of 0 or more, got "2"; use FailureTolerance.none() to accept no refused user');
});

test.each<[string, unknown, string]>([
  ['a list', ['6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d'], '["6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d"]'],
  ['a fleet', newFleet(newStack()), 'an object of class BulkWorkspaces'],
])('%s is no fleet id', (_, value, got) => {
  expect(failure(() => ExistingWorkspaces.adopt({ fromFleets: [value as any] }))).toBe(
    `'fromFleets' of ExistingWorkspaces.adopt() takes fleet ids like "6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d", got ${got}; ` +
    'copy the value of the tag "cdk-bulk-workspaces:fleet" of one of the fleet\'s desktops, or give the fleetId of a BulkWorkspaces');
});

test('what is no list is refused, with how to write one', () => {
  expect(failure(() => WorkspaceUsers.fromNames('ana' as any))).toBe(
    'WorkspaceUsers.fromNames() takes a list of user names, got "ana"; write fromNames([\'ana\', \'bo\'])');
  expect(failure(() => ExistingWorkspaces.adopt({ fromFleets: '6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d' as any }))).toBe(
    "'fromFleets' of ExistingWorkspaces.adopt() must be a list of fleet ids, got \"6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d\"; write it in brackets");
});

test('a protocol of Global Accelerator is no text, and no other protocol', () => {
  const message = 'takes a GlobalAcceleratorProtocol, such as GlobalAcceleratorProtocol.TCP, got';
  expect(failure(() => GlobalAccelerator.enabledAuto('TCP' as any))).toBe(`GlobalAccelerator.enabledAuto() ${message} "TCP"`);
  expect(failure(() => GlobalAccelerator.of('NEW', WorkspaceProtocol.PCOIP as any))).toBe(`GlobalAccelerator.of() ${message} an object of class WorkspaceProtocol`);
});

test('what another copy of the library has made passes', () => {
  let copy!: typeof library;
  jest.isolateModules(() => { copy = jest.requireActual('../src'); });
  expect(copy.RemovedUsers).not.toBe(RemovedUsers);
  const stack = newStack();
  newFleet(stack, {
    users: copy.WorkspaceUsers.fromNames(['zoe']), removedUsers: copy.RemovedUsers.release(), computeType: copy.ComputeType.POWER,
  });
  expect(fleetProperties(stack)).toMatchObject({ RemovedUsers: 'RELEASE', Users: [{ UserNames: ['zoe'] }], Settings: [{ ComputeTypeName: 'POWER' }] });
});

test('the values of our classes show in no list of members', () => {
  for (const value of [RemovedUsers.release(), ExistingWorkspaces.adopt(), FailureTolerance.none(), WorkspaceUsers.fromNames(['ana'])]) {
    expect(Object.keys(value)).toEqual([]);
  }
});

test('null and undefined count as missing', () => {
  newFleet(newStack(), { existingWorkspaces: null as any, bundleChange: null as any });
  newFleet(newStack(), { removedUsers: null as any, lateWorkspaces: null as any, terminationLimit: null as any, tags: null as any });
  newFleet(newStack(), { failureTolerance: null as any, protocols: undefined, runningMode: null as any, timeout: null as any, waitFor: null as any });
});

test('values of the right type are accepted', () => {
  const stack = newStack();
  newFleet(stack, {
    volumeEncryptionKey: new kms.Key(stack, 'Key'),
    runningMode: RunningMode.manual(),
    rootVolumeSize: Size.gibibytes(80),
    waitFor: 'EXISTS' as WaitFor,
    lateWorkspaces: LateWorkspaces.fail(),
    bundleChange: BundleChange.migrate(),
    removedUsers: RemovedUsers.terminate(),
    timeout: Duration.minutes(5),
    logGroup: new logs.LogGroup(stack, 'Logs'),
  });
});
