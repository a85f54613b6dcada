import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { DescribeWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { marshall } from '@aws-sdk/util-dynamodb';
import { properties } from './world';
import { desktopRequest } from '../../lambda/act/desktop-request';
import { attemptsFor, failureOf } from '../../lambda/aws/errors';
import { DeploymentFailure } from '../../lambda/core/deployment-failure';
import type { JoinedEvent } from '../../lambda/request/events';
import { digest, eventId, fleetId, physicalId } from '../../lambda/request/identity';
import { awsInvokeStep, checkComplete } from '../../lambda/entries/is-complete';
import { AwsKeysApi } from '../../lambda/aws/keys';
import { Ledger } from '../../lambda/ledger/ledger';
import { awsManifestStore } from '../../lambda/aws/manifest-store';
import { lookedUp, observe } from '../../lambda/decide/observe';
import { Pace } from '../../lambda/aws/pace';
import { phaseOf } from '../../lambda/decide/phase';
import { lookBeforeCreating } from '../../lambda/act/preflight';
import { parseProperties, timeoutOf } from '../../lambda/request/resource-properties';
import { attributesOf, bytes, reasonOf } from '../../lambda/decide/report';
import { list } from '../../lambda/decide/text';
import { awsStackStatus, isRollback } from '../../lambda/aws/stack-status';
import type { DesktopUser, RecordedUser, User } from '../../lambda/ledger/user';
import type { OwnedDesktop, TerminatingDesktop } from '../../lambda/ledger/user-record';
import { setAll } from '../../lambda/ledger/update-expression';
import { AwsWorkspacesApi } from '../../lambda/aws/aws-workspaces-api';
import { VirtualClock } from '../../local/core/clock';
import * as contract from '../../src/private/contract';

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
const MINUTE = 60_000;
const desktop = { id: 'ws-1', userName: 'ana', rootEncrypted: false, userEncrypted: false, changes: {} };

// Desktops and ledgers in people's accounts have these: a change loses them.
test('names that outlive a deployment stay as they are', () => {
  const event = { StackId: STACK, LogicalResourceId: 'Fleet' };
  expect(fleetId(event)).toBe('5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c');
  expect(physicalId(event, 'd-90677cc91c')).toBe('5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c');
  expect(eventId({ ResponseURL: 'https://example.com/?x=1' })).toBe('b07f379755c4b1b5');
  expect(contract.OWNERSHIP_TAG).toBe('cdk-bulk-workspaces:fleet');
  expect([contract.TABLE_PARTITION_KEY, contract.TABLE_SORT_KEY]).toEqual(['pk', 'sk']);
  expect(() => fleetId({ ...event, StackId: 'Test' })).toThrow('a StackId must be an ARN');
});

test.each([
  [{ now: 0, madeAt: 0 }, 'kept'],
  [{ now: 15 * MINUTE - 1, madeAt: 0 }, 'kept'],
  [{ now: 15 * MINUTE, madeAt: 0 }, 'gone'],
  [{ now: 5 * MINUTE - 1, madeAt: 0, terminatedAt: 1 }, 'kept'],
  [{ now: 5 * MINUTE, madeAt: 0, terminatedAt: 1 }, 'gone'],
])('a desktop that DescribeWorkspaces does not return, %j, is %s', ({ now, madeAt, terminatedAt }: { now: number; madeAt: number; terminatedAt?: number }, what) => {
  const record: OwnedDesktop | TerminatingDesktop = terminatedAt === undefined ? OWNED : { ...OWNED, state: 'terminating', acceptedAt: terminatedAt };
  const user: DesktopUser = { key: 'ana', userName: 'ana', record, madeAt, madeIn: 1 };
  expect(observe(user, undefined, 'AVAILABLE', { generation: 1, now })).toEqual(what === 'kept' ? record : undefined);
});

const OWNED: OwnedDesktop = { state: 'owned', userName: 'ana', settings: 0, id: 'ws-1' };
const DESIRED = { userName: 'ana', settings: { BundleId: 'b' } };

test.each([
  ['PENDING', 'AVAILABLE', false], ['AVAILABLE', 'AVAILABLE', true], ['STOPPED', 'AVAILABLE', true], ['STOPPING', 'AVAILABLE', true],
  ['UNHEALTHY', 'AVAILABLE', false], ['STARTING', 'AVAILABLE', false], ['TERMINATING', 'AVAILABLE', false],
  ['PENDING', 'EXISTS', true], ['SUSPENDED', 'EXISTS', true], ['TERMINATING', 'EXISTS', false],
] as const)('a new desktop that is %s is ready, when it is to be %s: %s', (state, waitFor, isReady) => {
  const user: DesktopUser = { key: 'ana', userName: 'ana', desired: DESIRED, record: OWNED, madeAt: 0, madeIn: 1 };
  const after = observe(user, { ...desktop, state }, waitFor, { generation: 2, now: 1 });
  expect(after).toEqual({ ...OWNED, readyIn: isReady ? 2 : undefined });
});

test('a desktop that was ready once may be in maintenance when it is looked at again', () => {
  const record: OwnedDesktop = { ...OWNED, readyIn: 1 };
  const user: DesktopUser = { key: 'ana', userName: 'ana', desired: DESIRED, record, madeAt: 0, madeIn: 1 };
  expect(observe(user, { ...desktop, state: 'MAINTENANCE' }, 'AVAILABLE', { generation: 2, now: 1 })).toMatchObject({ readyIn: 2 });
  expect(observe(user, { ...desktop, state: 'PENDING' }, 'AVAILABLE', { generation: 2, now: 1 })).toMatchObject({ readyIn: 1 });
});

test('a desktop that the service says is there but never shows is a refusal after a while', () => {
  const user: RecordedUser = {
    key: 'ana',
    userName: 'ana',
    desired: DESIRED,
    record: { state: 'unknown', why: 'exists', userName: 'ana', settings: 0 },
    madeAt: 0,
    madeIn: 1,
  };
  expect(lookedUp(user, undefined, { generation: 1, now: MINUTE })).toBe(user.record);
  expect(lookedUp(user, undefined, { generation: 1, now: 5 * MINUTE })).toMatchObject({ state: 'refused', failure: { message: expect.stringContaining('does not show it') } });
});

test.each([
  ['ResourceNotFound.User', 1], ['ResourceExists.WorkSpace', 1], ['ResourceLimitExceeded', 1], ['Terminated', 1],
  ['InvalidParameterValues.X', 1], ['AutoStopNotSupported', 1], ['OperationNotSupportedException', 1], ['AccessDeniedException', 1],
  ['ValidationException', 1], ['UnsupportedWorkspaceConfiguration', 1],
  ['InternalFailure', 8], ['ThrottlingException', 8], ['ServiceUnavailable', 8], ['WorkspaceInProgress', 8], ['RequestTimeout', 8],
  ['TooManyRequestsException', 8], ['NotTerminated', 3], ['400', 3], ['', 3],
])('a desktop refused with %j is asked for %i times', (code, attempts) => {
  expect(attemptsFor(code)).toBe(attempts);
});

test.each([
  ...['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'].map((name) => [{ name }, 'throttled'] as const),
  ...['AccessDeniedException', 'AccessDenied', 'UnrecognizedClientException', 'ExpiredTokenException', 'InvalidSignatureException']
    .map((name) => [{ name }, 'denied'] as const),
  ...['InvalidParameterValuesException', 'InvalidParameterCombinationException', 'UnsupportedWorkspaceConfigurationException',
    'OperationNotSupportedException', 'ResourceNotFoundException', 'ValidationException'].map((name) => [{ name }, 'poison'] as const),
  [{ name: 'ResourceLimitExceededException' }, 'quota'],
  ...[400, 404, 499].map((httpStatusCode) => [{ name: 'New', $metadata: { httpStatusCode } }, 'poison'] as const),
  ...[200, 408, 429, 500, 503].map((httpStatusCode) => [{ name: 'New', $metadata: { httpStatusCode } }, 'unknown'] as const),
  [{ name: 'constructor' }, 'unknown'], [undefined, 'unknown'], [new Error('socket hang up'), 'unknown'],
] as const)('%j means %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure);
});

test('a user who was refused for now waits a little before the next try', () => {
  const failure = { code: '400', message: '', attempts: 1, generation: 1, at: 1_000 };
  const user: User = { key: 'ana', userName: 'ana', record: { state: 'refused', userName: 'ana', settings: 0, failure } };
  expect(phaseOf(user, { generation: 1, now: 2_000 })).toBe('retry');
  expect(phaseOf(user, { generation: 1, now: 31_000 })).toBe('absent');
  expect(phaseOf(user, { generation: 2, now: 2_000 })).toBe('absent');
});

test('a reason is cut to fit, at a character, on one line, and ends with where to read on', () => {
  const reason = reasonOf(`one\r\ntwo\u0007${'ü'.repeat(2_000)}`, 'Logs');
  expect(bytes(reason)).toBeLessThanOrEqual(1_500);
  expect(reason).toMatch(/^one two ü+ \.\.\. \(log group: Logs\)$/);
  expect(reasonOf('short', undefined)).toBe('short');
});

test('a list names the first few, and says how many more there are', () => {
  expect(list(['a', 'b'], String)).toBe('a; b');
  expect(list(['a', 'b', 'c', 'd', 'e', 'f', 'g'], String)).toBe('a; b; c; d; e and 2 more');
});

test('attributes name everybody while they fit', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  const refused = [{ userName: 'bo', code: 'X', message: 'm' }, { userName: 'chen', code: 'Y', message: 'm' }];
  expect(attributesOf(event, { countsIds: false, ids: ['ws-1', ''], refused, late: [], notices: [], fleetId: 'f/1' })).toEqual({
    WorkspaceIds: 'ws-1,', RefusedUsers: 'bo (X), chen (Y)', LateUsers: 'none', FleetId: 'f/1', Notices: 'none',
  });
});

test.each(['', undefined])('all pages of DescribeWorkspaces are read, the last of which has the token %j', async (last) => {
  const pages: Record<string, object> = {
    first: { Workspaces: [{ WorkspaceId: 'ws-1', UserName: 'ana' }], NextToken: 'second' },
    second: { Workspaces: [{ WorkspaceId: 'ws-2', UserName: 'bo', State: 'ERROR', ErrorCode: 'X' }, {}], NextToken: last },
  };
  const client = { middlewareStack: { add: () => undefined }, send: async ({ input }: DescribeWorkspacesCommand) => pages[input.NextToken ?? 'first'] };
  const clock = new VirtualClock();
  const api = new AwsWorkspacesApi(client as unknown as WorkSpacesClient, new Pace(clock), clock);
  expect(await api.describe(['ws-1', 'ws-2'])).toMatchObject([
    { ...desktop, state: 'PENDING' },
    { id: 'ws-2', userName: 'bo', state: 'ERROR', errorCode: 'X' },
  ]);
});

test('an update expression has a placeholder for every name', () => {
  expect(setAll({ cursor: 'a', keys: undefined }, { generation: 3 })).toEqual({
    UpdateExpression: 'SET #cursor = :scursor',
    ConditionExpression: '#generation = :cgeneration',
    ExpressionAttributeNames: { '#cursor': 'cursor', '#generation': 'generation' },
    ExpressionAttributeValues: { ':scursor': { S: 'a' }, ':cgeneration': { N: '3' } },
  });
  expect(setAll({}, { a: 1, b: 2 }).ConditionExpression).toBe('#a = :ca AND #b = :cb');
});

test('an answer is due after the timeout, at most after 55 minutes; of a delete, after 55', () => {
  const due = (RequestType: string, TimeoutSeconds: string) =>
    timeoutOf({ RequestType, ResourceProperties: properties({ TimeoutSeconds }) }) / MINUTE;
  expect([due('Create', '600'), due('Create', '9000'), due('Create', 'x'), due('Delete', '600')]).toEqual([10, 55, 55, 55]);
});

test('users are desired by the names that the template has, whatever their case', async () => {
  const request = await parseProperties(properties({ users: ['Ana'] }), async () => '');
  expect(request).toMatchObject({ waitFor: 'AVAILABLE', acceptLate: true, tolerated: 0 });
  expect([...request.desired]).toEqual([['ana', { userName: 'Ana', settings: { BundleId: 'wsb-clj85qzj1' } }]]);
});

test('people are left out of an answer that is full of ids', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  const ids = Array.from({ length: 300 }, () => 'ws-abcdefgh1');
  const late = Array.from({ length: 40 }, (_, i) => `user${i}`);
  // As many ids as leave room for a few letters.
  while (ids.length > 0) {
    try {
      expect(attributesOf(event, { countsIds: false, ids, refused: [], late, notices: [], fleetId: 'f/1' })).toMatchObject({ LateUsers: '40, see the ledger', RefusedUsers: 'none' });
      break;
    } catch (error) {
      if (!(error instanceof DeploymentFailure)) throw error;
      ids.pop();
    }
  }
  expect(ids.length).toBeGreaterThan(250);
});

function apiOver(answer: (input: any, command: string) => object): AwsWorkspacesApi {
  const client = {
    middlewareStack: { add: () => undefined },
    send: async (command: { input: object }) => answer(command.input, command.constructor.name),
  };
  const clock = new VirtualClock();
  return new AwsWorkspacesApi(client as unknown as WorkSpacesClient, new Pace(clock), clock);
}

test('bundles are asked for 25 at a time, and only those that the service names exist', async () => {
  const asked: string[][] = [];
  const ids = Array.from({ length: 60 }, (_, i) => `wsb-${i}`);
  const api = apiOver(({ BundleIds }) => {
    asked.push(BundleIds);
    return { Bundles: BundleIds.filter((id: string) => id !== 'wsb-30').map((BundleId: string) => ({ BundleId })) };
  });
  expect([...await api.bundles(ids)]).toEqual(ids.filter((id) => id !== 'wsb-30'));
  expect(asked.map((each) => each.length)).toEqual([25, 25, 10]);
});

test('another directory than the one that was asked for is none', async () => {
  const answer = [{ DirectoryId: 'd-2', State: 'ERROR' }, { DirectoryId: 'd-1', State: 'REGISTERED', WorkspaceType: 'PERSONAL' }];
  expect(await apiOver(() => ({ Directories: answer })).directory('d-1')).toEqual({ id: 'd-1', state: 'REGISTERED', type: 'PERSONAL' });
  expect(await apiOver(() => ({ Directories: answer.slice(0, 1) })).directory('d-1')).toBeUndefined();
  expect(await apiOver(() => ({})).directory('d-1')).toBeUndefined();
});

test('answers without lists, and with desktops that have no id, are understood', async () => {
  expect(await apiOver(() => ({})).create([])).toEqual({ made: [], refused: [] });
  expect(await apiOver(() => ({ PendingRequests: [{ UserName: 'ana' }] })).create([])).toEqual({ made: [], refused: [] });
  expect(await apiOver(() => ({})).terminate(['ws-1'])).toEqual([]);
  expect(await apiOver(() => ({})).tags('ws-1')).toEqual({});
});

test('a directory that does not say what it is for is taken; every key is resolved once', async () => {
  const api = { directory: async (id: string) => ({ id }), bundles: async (ids: readonly string[]) => new Set(ids) };
  const keys = { usableKeyArn: async (key: string) => `arn of ${key}` };
  const wanted = ['a', 'a', 'b', undefined].map((VolumeEncryptionKey) => ({ userName: 'ana', settings: { BundleId: 'wsb-1', VolumeEncryptionKey } }));
  expect(await lookBeforeCreating(api, keys, 'd-1', wanted)).toEqual({ a: 'arn of a', b: 'arn of b' });
});

test('of several bundles that do not exist the first is named, with its user, and the others are counted', async () => {
  const api = { directory: async (id: string) => ({ id }), bundles: async () => new Set(['wsb-1']) };
  const wanted = ['wsb-1', 'wsb-2', 'wsb-3', 'wsb-4', 'wsb-3'].map((BundleId, i) => ({ userName: `user${i}`, settings: { BundleId } }));
  await expect(lookBeforeCreating(api, { usableKeyArn: async () => '' }, 'd-1', wanted)).rejects.toThrow('the bundle "wsb-2" (of user1) and 2 more does not exist');
});

describe('a key', () => {
  const keyOver = (answer: () => object) => new AwsKeysApi({ send: async () => answer() } as unknown as KMSClient);
  const failing = (name: string) => keyOver(() => { throw Object.assign(new Error('so it is'), { name }); });

  test.each(['NotFoundException', 'InvalidArnException', 'ValidationException'])('that KMS answers with %s does not exist', async (name) => {
    await expect(failing(name).usableKeyArn('alias/x')).rejects.toThrow(/"alias\/x" does not exist in this account and Region: name one that does\. KMS said: so it is$/);
    await expect(failing(name).usableKeyArn('alias/aws/workspaces')).rejects.toThrow('AWS makes it when a WorkSpace');
  });

  test('that may not be looked at is told apart from one that is not there', async () => {
    await expect(failing('AccessDeniedException').usableKeyArn('k')).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('DescribeKey of k: does the key\'s policy') });
    await expect(failing('InternalException').usableKeyArn('k')).rejects.toMatchObject({ name: 'InternalException', message: 'so it is' });
  });

  test.each(['PendingDeletion', 'PendingImport', 'Unavailable'])('that is %s cannot be used', async (KeyState) => {
    await expect(keyOver(() => ({ KeyMetadata: { Arn: 'arn', KeyState } })).usableKeyArn('k')).rejects.toThrow(`is ${KeyState}; WorkSpaces needs an enabled key`);
  });

  test('without an ARN cannot be used; one of which KMS says no more can', async () => {
    await expect(keyOver(() => ({})).usableKeyArn('k')).rejects.toThrow('without an ARN');
    expect(await keyOver(() => ({ KeyMetadata: { Arn: 'arn' } })).usableKeyArn('k')).toBe('arn');
  });
});

describe('the list of users in S3', () => {
  const location = { Bucket: 'b', Key: 'k' };
  const failing = (name: string) => awsManifestStore({ send: async () => { throw Object.assign(new Error('no'), { name }); } } as unknown as S3Client)(location);

  test.each(['NoSuchKey', 'NoSuchBucket', 'NotFound'])('that S3 answers with %s is gone', async (name) => {
    await expect(failing(name)).rejects.toMatchObject({ name: 'DeploymentFailure', message: expect.stringContaining('the list of users at s3://b/k is gone') });
  });

  test('that cannot be read may be gone, or not be allowed; anything else may pass', async () => {
    await expect(failing('AccessDenied')).rejects.toMatchObject({ name: 'AccessDenied', message: 'the list of users at s3://b/k cannot be read, or is gone: no' });
    await expect(failing('InternalError')).rejects.toMatchObject({ name: 'InternalError', message: 'no' });
  });
});

describe('a step that is invoked', () => {
  const invoke = (answer: object) => awsInvokeStep({ send: async () => answer } as unknown as LambdaClient, 'step')({} as JoinedEvent);
  const payload = (value: unknown) => Buffer.from(JSON.stringify(value));

  test('answers with its result', async () => {
    expect(await invoke({ Payload: payload({ Status: 'NOT_YET' }) })).toEqual({ Status: 'NOT_YET' });
  });

  test.each<[object, string, string]>([
    [{ FunctionError: 'Unhandled', Payload: payload({ errorType: 'Runtime.ExitError', errorMessage: 'killed' }) }, 'Runtime.ExitError', 'killed'],
    [{ FunctionError: 'Unhandled', Payload: payload({ Status: 'DONE' }) }, 'Unhandled', 'no answer'],
    [{ Payload: payload({}) }, 'NoAnswer', 'no answer'],
    [{ Payload: payload(null) }, 'NoAnswer', 'no answer'],
    [{ Payload: Buffer.alloc(0) }, 'NoAnswer', 'no answer'],
    [{}, 'NoAnswer', 'no answer'],
  ])('and says %j has not come to an end', async (answer, name, message) => {
    await expect(invoke(answer)).rejects.toMatchObject({ name, message });
  });
});

test('an event of an older handler, which does not say when the answer is due, is waited for', async () => {
  const clock = new VirtualClock();
  const event = {} as JoinedEvent;
  expect(await checkComplete(async () => ({ Status: 'NOT_YET' }), clock, event, 'Logs', 0)).toEqual({ IsComplete: false });
  expect(await checkComplete(async () => { throw new Error('killed'); }, clock, event, 'Logs', 0)).toEqual({ IsComplete: false });
});

test('a reason for people has no stack', async () => {
  const clock = new VirtualClock();
  const answer = checkComplete(async () => ({ Status: 'FAILED', Reason: 'no directory' }), clock, {} as JoinedEvent, 'Logs', 0);
  await expect(answer).rejects.toMatchObject({ message: 'no directory', stack: 'Error: no directory' });
});

test('all pages of a fleet\'s calls are read', async () => {
  const row = (number: number) => marshall({ number, settings: '[]', records: '[]' });
  const pages: Record<string, object> = { first: { Items: [row(0)], LastEvaluatedKey: { sk: { S: 'second' } } }, second: { Items: [row(1)] } };
  const client = { send: async ({ input }: QueryCommand) => pages[input.ExclusiveStartKey?.sk.S ?? 'first'] };
  const calls = await new Ledger(client as unknown as DynamoDBClient, 'Ledger').calls({ fleetId: 'f', directoryId: 'd' });
  expect(calls.map(({ number }) => number)).toEqual([0, 1]);
});

test('properties are the same in any order, and whatever the provider\'s address', () => {
  const a = digest({ ServiceToken: 'one', Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }], Tags: { x: '1', y: '2' } } as object);
  expect(digest({ Tags: { y: '2', x: '1' }, Users: [{ UserNames: ['ana', 'bo'], Settings: '0' }], ServiceToken: 'two' } as object)).toBe(a);
  expect(digest({ Tags: { y: '2', x: '1' }, Users: [{ UserNames: ['bo', 'ana'], Settings: '0' }] } as object)).not.toBe(a);
  expect(digest({})).not.toBe(a);
});

test('a desktop is never asked for with a key that was not resolved', () => {
  const wanted = { userName: 'ana', settings: { BundleId: 'b', VolumeEncryptionKey: 'alias/x' } };
  expect(() => desktopRequest(wanted, 'd-1', 'f/1', { 'alias/y': 'arn' })).toThrow('the key alias/x was not resolved');
});

test.each([
  ['ROLLBACK_IN_PROGRESS', true], ['UPDATE_ROLLBACK_IN_PROGRESS', true], ['UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', true],
  ['UPDATE_IN_PROGRESS', false], ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', false], ['CREATE_IN_PROGRESS', false], ['DELETE_IN_PROGRESS', false],
  ['UPDATE_ROLLBACK_COMPLETE', false], ['UPDATE_ROLLBACK_FAILED', false], [undefined, false],
])('a stack that is %s is rolling back: %s', async (StackStatus, is) => {
  const client = { send: async () => (StackStatus ? { Stacks: [{ StackStatus }] } : {}) };
  expect(isRollback(await awsStackStatus(client as unknown as CloudFormationClient)('stack'))).toBe(is);
});

test('the largest answer fits, and is used', () => {
  const event = {
    StackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${'n'.repeat(128)}/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f`,
    RequestId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f',
    LogicalResourceId: 'L'.repeat(255),
    PhysicalResourceId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c',
  };
  const people = Array.from({ length: 200 }, (_, i) => `"ü"${i}`);
  const refused = people.map((userName) => ({ userName, code: 'X', message: '' }));
  const Data = attributesOf(event, { countsIds: false, ids: Array(50).fill('ws-abcdefgh1'), refused, late: people, notices: people, fleetId: 'f/1' });
  const answer = bytes(JSON.stringify({ Status: 'SUCCESS', Reason: 'SUCCESS', NoEcho: false, ...event, Data }));
  expect(answer).toBeLessThanOrEqual(contract.MAX_RESPONSE_BYTES);
  expect(answer).toBeGreaterThan(contract.MAX_RESPONSE_BYTES - 250);
  expect(() => attributesOf(event, { countsIds: false, ids: Array(300).fill('ws-abcdefgh1'), refused, late: people, notices: people, fleetId: 'f/1' })).toThrow('the ids of 300 WorkSpaces do not fit');
});

test.each([0, 1, 2])('a reason is never cut in the middle of a character, %i letters on', (n) => {
  expect(reasonOf('x'.repeat(n) + '€'.repeat(2_000), 'Logs')).toMatch(/^x*€+ \.\.\. \(log group: Logs\)$/);
});

test('the last word comes a little after the answer was due: later when a step may still be held up than when it crashed', async () => {
  const clock = new VirtualClock();
  const event = { Deadline: clock.now() } as JoinedEvent;
  const check = (crashes: boolean) => checkComplete(async () => {
    if (crashes) throw new Error('killed');
    return { Status: 'NOT_YET' };
  }, clock, event, 'Logs', 0);
  await clock.sleep(1.4 * MINUTE);
  expect([await check(true), await check(false)]).toEqual([{ IsComplete: false }, { IsComplete: false }]);
  await clock.sleep(0.2 * MINUTE);
  await expect(check(true)).rejects.toThrow('kept crashing until the timeout, last with Error: killed');
  expect(await check(false)).toEqual({ IsComplete: false });
  await clock.sleep(0.5 * MINUTE);
  await expect(check(false)).rejects.toThrow('did not come to an end');
});

test('a step that has more to do is followed by the next one at once, until isComplete itself has to come to an end', async () => {
  const clock = new VirtualClock();
  let steps = 0;
  const check = (more: boolean) => checkComplete(async () => {
    steps++;
    await clock.sleep(MINUTE);
    return more ? { Status: 'NOT_YET', More: true } : { Status: 'NOT_YET' };
  }, clock, {} as JoinedEvent, 'Logs', clock.now() + 2.5 * MINUTE);
  expect(await check(true)).toEqual({ IsComplete: false });
  expect(steps).toBe(3);
  await check(false);
  expect(steps).toBe(4);
});
