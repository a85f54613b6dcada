import { Explorer, faultsOf, historyOf, idOf, ordersOf, parseId, playAndRest } from './exhaustive';
import { MUTATIONS } from './mutations';
import { exhaust } from './workers';

// The part of the exhaustive search that takes seconds. histories.exhaustive.ts plays more of it, and `npm run chaos -- --exhaustive` all.

const ordered = (id: string) => ordersOf(2).find((order) => idOf(order) === id)!;

test('an id names one history', () => {
  const ids = ordersOf(3).map((order) => idOf(order));
  expect(new Set(ids).size).toBe(ids.length);
  for (const order of ordersOf(2)) expect(parseId(idOf(order))).toEqual(historyOf(order));
  const [first, second] = ordered('ana+bo,bo/undone');
  for (const at of [{ call: 17, fault: 'lose' }, { call: 'CreateTags', fault: 'denied' }]) {
    expect(parseId(idOf([first, second], at, [first]))).toEqual(historyOf([first, second], at, [first]));
  }
});

test('deeper orders contain the others, in the same order', () => {
  expect(ordersOf(3).slice(0, ordersOf(2).length).map((order) => idOf(order))).toEqual(ordersOf(2).map((order) => idOf(order)));
});

test('without a fault, operations leave what they are expected to leave', async () => {
  for (const order of ordersOf(2).filter((each) => idOf(each).startsWith('ana+bo'))) {
    const { rests, violations } = await playAndRest(historyOf(order));
    expect(violations).toEqual([]);
    expect(rests.map(({ deployed }) => deployed)).toEqual(order.map(({ after }) => after));
  }
});

test('there is a fault of each kind at a call that writes, and at every call of a step that does not only wait', async () => {
  const { rests: [{ calls }] } = await playAndRest(historyOf(ordered('ana')));
  const faults = faultsOf(calls);
  const create = calls.findIndex(({ operation }) => operation === 'CreateWorkspaces') + 1;
  expect(faults.filter(({ call }) => call === create).map(({ fault }) => fault))
    .toEqual(['kill-before', 'kill-after', 'lose', 'refuse', 'deny', 'throttle', 'slow', 'late']);
  expect(new Set(faults.map(({ call }) => call).filter((call) => typeof call === 'number')).size).toBe(calls.length);
  expect(faults).toContainEqual({ call: 'CreateWorkspaces', fault: 'denied' });
});

test('a create keeps all guarantees with any fault at any call', async () => {
  const { histories, faults, healed, failures } = await new Explorer(1).explore(ordered('ana'));
  expect(failures).toEqual([]);
  expect(faults).toBeGreaterThanOrEqual(histories - 1); // every fault has happened
  expect(histories).toBeGreaterThan(150);
  expect(healed).toBeGreaterThan(100);
});

test('a rollback that may not write tags is held to nothing but to name the user, and what follows reclaims the desktop', async () => {
  const { violations, rests } = await playAndRest(parseId('ana+bo,release-bo/undone@CreateTags:denied,set'));
  expect(violations).toEqual([]);
  expect(rests.at(-1)!.deployed).toEqual({ users: ['ana', 'bo'], hasSettings: true });
});

test('a broken handler is found, and the printed id plays the failure again', async () => {
  const mutation = MUTATIONS.find(({ what }) => what === 'assumes that a call did nothing if its answer was lost')!;
  const { failures } = await exhaust({ depth: 1, beginning: 'ana/refused', mutation, enough: 1 });
  expect(failures.map(({ id }) => id)).toContain('ana/refused@24:lose');
  // The handler that is not broken keeps the guarantees in the same histories.
  for (const { id } of failures) expect((await playAndRest(parseId(id))).violations).toEqual([]);
});
