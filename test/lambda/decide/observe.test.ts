import { lookedUp, observe } from '../../../lambda/decide/observe';
import type { DesktopUser, RecordedUser } from '../../../lambda/ledger/user';
import type { OwnedDesktop, TerminatingDesktop } from '../../../lambda/ledger/user-record';

const MINUTE = 60_000;
const BEFORE = { settledUpTo: 0, startedAt: 0 };
const desktop = { id: 'ws-1', userName: 'ana', rootEncrypted: false, userEncrypted: false, changes: {} };

test.each([
  [{ now: 0, madeAt: 0 }, 'kept'],
  [{ now: 15 * MINUTE - 1, madeAt: 0 }, 'kept'],
  [{ now: 15 * MINUTE, madeAt: 0 }, 'gone'],
  [{ now: 5 * MINUTE - 1, madeAt: 0, terminatedAt: 1 }, 'kept'],
  [{ now: 5 * MINUTE, madeAt: 0, terminatedAt: 1 }, 'gone'],
])('a desktop that DescribeWorkspaces does not return, %j, is %s', ({ now, madeAt, terminatedAt }: { now: number; madeAt: number; terminatedAt?: number }, what) => {
  const record: OwnedDesktop | TerminatingDesktop = terminatedAt === undefined ? OWNED : { ...OWNED, state: 'terminating', acceptedAt: terminatedAt };
  const user: DesktopUser = { key: 'ana', userName: 'ana', record, madeAt, madeIn: 1 };
  expect(observe(user, undefined, 'AVAILABLE', { ...BEFORE, generation: 1, now })).toEqual(what === 'kept' ? record : undefined);
});

const OWNED: OwnedDesktop = { state: 'owned', userName: 'ana', settings: 0, id: 'ws-1' };

const DESIRED = { userName: 'ana', settings: { BundleId: 'b' } };

test.each([
  ['PENDING', 'AVAILABLE', false], ['AVAILABLE', 'AVAILABLE', true], ['STOPPED', 'AVAILABLE', true], ['STOPPING', 'AVAILABLE', true],
  ['UNHEALTHY', 'AVAILABLE', false], ['STARTING', 'AVAILABLE', false], ['TERMINATING', 'AVAILABLE', false],
  ['PENDING', 'EXISTS', true], ['SUSPENDED', 'EXISTS', true], ['TERMINATING', 'EXISTS', false],
] as const)('a new desktop that is %s is ready, when it is to be %s: %s', (state, waitFor, isReady) => {
  const user: DesktopUser = { key: 'ana', userName: 'ana', desired: DESIRED, record: OWNED, madeAt: 0, madeIn: 1 };
  const after = observe(user, { ...desktop, state }, waitFor, { ...BEFORE, generation: 2, now: 1 });
  expect(after).toEqual({ ...OWNED, readyIn: isReady ? 2 : undefined });
});

test('a desktop that was ready once may be in maintenance when it is observed again', () => {
  const record: OwnedDesktop = { ...OWNED, readyIn: 1 };
  const user: DesktopUser = { key: 'ana', userName: 'ana', desired: DESIRED, record, madeAt: 0, madeIn: 1 };
  expect(observe(user, { ...desktop, state: 'MAINTENANCE' }, 'AVAILABLE', { ...BEFORE, generation: 2, now: 1 })).toMatchObject({ readyIn: 2 });
  expect(observe(user, { ...desktop, state: 'PENDING' }, 'AVAILABLE', { ...BEFORE, generation: 2, now: 1 })).toMatchObject({ readyIn: 1 });
});

test('a desktop that the service reports but never shows counts as refused after a while', () => {
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
