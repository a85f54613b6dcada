import type { DescribeWorkspacesCommand, WorkSpacesClient } from '@aws-sdk/client-workspaces';
import { properties } from './world';
import { attemptsFor, failureOf } from '../../lambda/errors';
import { eventId, fleetId, physicalId } from '../../lambda/identity';
import { lookedUp, observe } from '../../lambda/observe';
import { Pace } from '../../lambda/pace';
import { phaseOf } from '../../lambda/plan';
import { parseProperties, timeoutOf } from '../../lambda/properties';
import { attributesOf, bytes, list, reasonOf } from '../../lambda/report';
import type { Subject } from '../../lambda/state';
import { setAll } from '../../lambda/update-expression';
import { AwsWorkspacesApi } from '../../lambda/workspaces-api';
import { VirtualClock } from '../../local/core/clock';
import * as contract from '../../src/private/contract';

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';
const MINUTE = 60_000;
const desktop = { id: 'ws-1', userName: 'ana', rootEncrypted: false, userEncrypted: false };

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
  const member = { userName: 'ana', settings: 0, id: 'ws-1', terminatedAt };
  const subject: Subject = { key: 'ana', userName: 'ana', member, madeAt, madeIn: 1 };
  expect(observe(subject, undefined, 'AVAILABLE', { generation: 1, now })).toEqual(what === 'kept' ? member : undefined);
});

test.each([
  ['PENDING', 'AVAILABLE', false], ['AVAILABLE', 'AVAILABLE', true], ['STOPPED', 'AVAILABLE', true], ['STOPPING', 'AVAILABLE', true],
  ['UNHEALTHY', 'AVAILABLE', false], ['STARTING', 'AVAILABLE', false], ['TERMINATING', 'AVAILABLE', false],
  ['PENDING', 'EXISTS', true], ['SUSPENDED', 'EXISTS', true], ['TERMINATING', 'EXISTS', false],
] as const)('a new desktop that is %s is ready, when it is to be %s: %s', (state, waitFor, isReady) => {
  const member = { userName: 'ana', settings: 0, id: 'ws-1' };
  const subject = { key: 'ana', userName: 'ana', wanted: { userName: 'ana', settings: { BundleId: 'b' } }, member, madeAt: 0, madeIn: 1 };
  const after = observe(subject, { ...desktop, state }, waitFor, { generation: 2, now: 1 });
  expect(after?.readyIn === 2).toBe(isReady);
});

test('a desktop that was ready once may be in maintenance when it is looked at again', () => {
  const member = { userName: 'ana', settings: 0, id: 'ws-1', readyIn: 1 };
  const subject = { key: 'ana', userName: 'ana', wanted: { userName: 'ana', settings: { BundleId: 'b' } }, member, madeAt: 0, madeIn: 1 };
  expect(observe(subject, { ...desktop, state: 'MAINTENANCE' }, 'AVAILABLE', { generation: 2, now: 1 })?.readyIn).toBe(2);
  expect(observe(subject, { ...desktop, state: 'PENDING' }, 'AVAILABLE', { generation: 2, now: 1 })?.readyIn).toBe(1);
});

test('a desktop that the service says is there but never shows is a refusal after a while', () => {
  const subject: Subject = {
    key: 'ana',
    userName: 'ana',
    wanted: { userName: 'ana', settings: { BundleId: 'b' } },
    member: { userName: 'ana', settings: 0, unknown: 'exists' },
    madeAt: 0,
    madeIn: 1,
  };
  expect(lookedUp(subject, undefined, { generation: 1, now: MINUTE })).toBe(subject.member);
  expect(lookedUp(subject, undefined, { generation: 1, now: 5 * MINUTE })?.failure?.message).toContain('does not show it');
});

test.each([
  ['ResourceNotFound.User', 1], ['ResourceExists.WorkSpace', 1], ['ResourceLimitExceeded', 1], ['Terminated', 1],
  ['InternalFailure', 8], ['ThrottlingException', 8], ['ServiceUnavailable', 8], ['400', 3], ['', 3],
])('a desktop refused with %j is asked for %i times', (code, attempts) => {
  expect(attemptsFor(code)).toBe(attempts);
});

test.each([
  [{ name: 'ThrottlingException' }, 'throttled'], [{ name: 'AccessDenied' }, 'denied'], [{ name: 'ValidationException' }, 'poison'],
  [{ name: 'constructor' }, 'unknown'], [undefined, 'unknown'], [new Error('socket hang up'), 'unknown'],
])('%j means %s', (error, failure) => {
  expect(failureOf(error)).toBe(failure);
});

test('a user who was refused for now waits a little before the next try', () => {
  const failure = { code: '400', message: '', attempts: 1, generation: 1, at: 1_000 };
  const subject: Subject = { key: 'ana', userName: 'ana', member: { userName: 'ana', settings: 0, failure } };
  expect(phaseOf(subject, { generation: 1, now: 2_000 })).toBe('retry');
  expect(phaseOf(subject, { generation: 1, now: 31_000 })).toBe('absent');
  expect(phaseOf(subject, { generation: 2, now: 2_000 })).toBe('absent');
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
  expect(attributesOf(event, { ids: ['ws-1', ''], refused, late: [], fleetId: 'f/1' })).toEqual({
    WorkspaceIds: 'ws-1,', RefusedUsers: 'bo (X), chen (Y)', LateUsers: 'none', FleetId: 'f/1',
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
});

test('an answer is due after the timeout, at most after 55 minutes; of a delete, after 55', () => {
  const due = (RequestType: string, TimeoutSeconds: string) =>
    timeoutOf({ RequestType, ResourceProperties: properties({ TimeoutSeconds }) }) / MINUTE;
  expect([due('Create', '600'), due('Create', '9000'), due('Create', 'x'), due('Delete', '600')]).toEqual([10, 55, 55, 55]);
});

test('properties of an older construct, without what is optional, are read', async () => {
  const request = await parseProperties({ ...properties({ users: ['Ana'] }), WaitFor: undefined!, LateWorkspaces: undefined!, FailureTolerance: undefined! }, async () => '');
  expect(request).toMatchObject({ waitFor: 'AVAILABLE', acceptLate: true, tolerated: 0 });
  expect([...request.wanted]).toEqual([['ana', { userName: 'Ana', settings: { BundleId: 'wsb-clj85qzj1' } }]]);
});
