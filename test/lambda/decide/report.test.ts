import { DeploymentFailure } from '../../../lambda/core/deployment-failure';
import { attributesOf, bytes, reasonOf } from '../../../lambda/decide/report';
import * as contract from '../../../src/private/contract';

const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f';

test('a reason is cut to fit, at a character, is on one line, and ends with the log group', () => {
  const reason = reasonOf(`one\r\ntwo\u0007${'ü'.repeat(2_000)}`, 'Logs');
  expect(bytes(reason)).toBeLessThanOrEqual(1_500);
  expect(reason).toMatch(/^one two ü+ \.\.\. \(log group: Logs\)$/);
  expect(reasonOf('short', undefined)).toBe('short');
});

test('attributes name everybody while they fit', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  const refused = [{ userName: 'bo', code: 'X', message: 'm' }, { userName: 'chen', code: 'Y', message: 'm' }];
  expect(attributesOf(event, { countsIds: false, ids: ['ws-1', ''], refused, late: [], notices: [], fleetId: 'f/1', removals: 0 })).toEqual({
    WorkspaceIds: 'ws-1,', RefusedUsers: 'bo (X), chen (Y)', LateUsers: 'none', FleetId: 'f/1', Notices: 'none', Removals: '0',
  });
});

test('people are left out of an answer that is full of ids', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  const ids = Array.from({ length: 300 }, () => 'ws-abcdefgh1');
  const late = Array.from({ length: 40 }, (_, i) => `user${i}`);
  // So many ids that there is room for only a few letters.
  while (ids.length > 0) {
    try {
      expect(attributesOf(event, { countsIds: false, ids, refused: [], late, notices: [], fleetId: 'f/1', removals: 0 })).toMatchObject({ LateUsers: '40, see the ledger', RefusedUsers: 'none' });
      break;
    } catch (error) {
      if (!(error instanceof DeploymentFailure)) throw error;
      ids.pop();
    }
  }
  expect(ids.length).toBeGreaterThan(250);
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
  const Data = attributesOf(event, { countsIds: false, ids: Array(50).fill('ws-abcdefgh1'), refused, late: people, notices: people, fleetId: 'f/1', removals: 0 });
  const answer = bytes(JSON.stringify({ Status: 'SUCCESS', Reason: 'SUCCESS', NoEcho: false, ...event, Data }));
  expect(answer).toBeLessThanOrEqual(contract.MAX_RESPONSE_BYTES);
  expect(answer).toBeGreaterThan(contract.MAX_RESPONSE_BYTES - 250);
  expect(() => attributesOf(event, { countsIds: false, ids: Array(300).fill('ws-abcdefgh1'), refused, late: people, notices: people, fleetId: 'f/1', removals: 0 })).toThrow('the ids of 300 WorkSpaces do not fit');
});

test('to put an answer together takes twice the work for twice the people, and the same again for what is left out', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  const measured = (people: number) => {
    const late = Array.from({ length: people }, (_, i) => `user${i}`);
    const refused = late.map((userName) => ({ userName, code: 'X', message: 'm' }));
    const byteLength = jest.spyOn(Buffer, 'byteLength');
    const stringify = jest.spyOn(JSON, 'stringify');
    attributesOf(event, { countsIds: true, ids: late, refused, late, notices: late, fleetId: 'f/1', removals: 0 });
    const characters = [...byteLength.mock.calls, ...stringify.mock.results.map(({ value }) => [value])].map(([text]) => String(text).length);
    byteLength.mockRestore();
    stringify.mockRestore();
    return characters.reduce((sum, each) => sum + each, 0);
  };
  expect(measured(20_000)).toBeLessThan(50_000);
  expect(measured(40_000)).toBeLessThan(1.1 * measured(20_000));
});

test('as many are named as there is room for, whatever letters their names have', () => {
  const event = { StackId: STACK, RequestId: 'r', LogicalResourceId: 'Fleet' };
  for (const name of ['user', 'ü"', '\u20ac\\', 'x'.repeat(200)]) {
    const people = Array.from({ length: 2_000 }, (_, i) => `${name}${i}`);
    const { LateUsers } = attributesOf(event, { countsIds: true, ids: [], refused: [], late: people, notices: [], fleetId: 'f/1', removals: 0 });
    const shown = LateUsers.split(', ').length;
    const text = (n: number) => `${people.slice(0, n).join(', ')} and ${2_000 - n} more`;
    expect(LateUsers).toBe(text(shown));
    // These take a third of the room. One more would not fit.
    const [is, next] = [bytes(JSON.stringify(text(shown))), bytes(JSON.stringify(text(shown + 1)))];
    expect(is).toBeLessThanOrEqual(next);
    const room = (contract.MAX_RESPONSE_BYTES - 250 - bytes(STACK + 'r' + 'Fleet')
      - bytes(JSON.stringify({ WorkspaceIds: '0 WorkSpaces', RefusedUsers: 'none', LateUsers: '2000, see the ledger', FleetId: 'f/1', Notices: 'none', Removals: '0', IdsDigest: '0'.repeat(16) }))) / 3;
    expect(is).toBeLessThanOrEqual(room);
    expect(next).toBeGreaterThan(room);
  }
});

test.each([0, 1, 2])('a reason is never cut in the middle of a character, %i letters on', (n) => {
  expect(reasonOf('x'.repeat(n) + '€'.repeat(2_000), 'Logs')).toMatch(/^x*€+ \.\.\. \(log group: Logs\)$/);
});
