import { FleetRecords } from '../../../lambda/ledger/fleet-records';
import type { CallRow } from '../../../lambda/ledger/rows';
import type { UserRecord } from '../../../lambda/ledger/user-record';
import { type DesiredDesktop } from '../../../lambda/request/resource-properties';

const settings = { BundleId: 'wsb-a' };
const desired = new Map<string, DesiredDesktop>(['ana', 'bo'].map((userName) => [userName, { userName, settings }]));
const owned = (userName: string): UserRecord => ({ state: 'owned', userName, settings: 0, id: `ws-${userName}` });
const row = (number: number, ...users: string[]): CallRow => ({ number, generation: 1, at: 0, settings: [settings], records: users.map(owned) });

test('a step that asks for all users again gets what it had, and new ones only for those that have changed', () => {
  const records = new FleetRecords([row(0, 'ana', 'chen')], 1);
  const [ana, bo, chen] = records.users(desired);
  expect(records.users(desired)).toBe(records.users(desired));
  records.set('ana', { ...owned('ana'), readyIn: 1 } as UserRecord);
  const after = records.users(desired);
  expect(after).toEqual([{ ...ana, record: { ...ana.record, readyIn: 1 } }, bo, chen]);
  expect([after[1] === bo, after[2] === chen]).toEqual([true, true]);
});

test('users are as the last change has left them', () => {
  const records = new FleetRecords([row(0, 'ana', 'chen')], 1);
  records.users(desired);
  records.add(row(1, 'bo'));
  records.set('chen', undefined);
  records.setWith('ana', owned('ana'), { BundleId: 'wsb-b' });
  expect(records.users(desired)).toMatchObject([{ key: 'ana', recordedSettings: { BundleId: 'wsb-b' } }, { key: 'bo', record: owned('bo'), recordedSettings: settings }]);
  expect(records.users(new Map())).toMatchObject([{ key: 'ana', desired: undefined }, { key: 'bo', desired: undefined }]);
});
