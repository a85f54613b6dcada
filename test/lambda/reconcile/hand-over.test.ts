import { OWNERSHIP_TAG } from '../../../src/private/contract';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, type Outcome, properties, SECOND, TestStack } from '../test-stack';

// A user who moves from one fleet to another fleet of the same stack keeps the desktop and its id. Until the clean-up, everything can be rolled back.

let stack: TestStack;
beforeEach(async () => {
  stack = await TestStack.startQuick({ missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());
beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

type Success = Extract<Outcome, { status: 'SUCCESS' }>;
const sales: FleetProperties = { users: ['ana', 'bo'] };
const salesWithoutAna: FleetProperties = { users: ['bo'] };
const support: FleetProperties = { users: ['chen'] };
const supportWithAna: FleetProperties = { users: ['chen', 'ana'] };

async function on<T>(fleet: string, work: () => Promise<T>): Promise<T> {
  stack.fleet = fleet;
  try {
    return await work();
  } finally {
    stack.fleet = 'Fleet';
  }
}
const inSales = <T>(work: () => Promise<T>) => on('Fleet', work);
const inSupport = <T>(work: () => Promise<T>) => on('Support', work);
const idOf = (user: string) => stack.idsOf([user])[0];
const ownerOf = (id?: string) => stack.workspaces.desktops().find(({ workspaceId }) => workspaceId === id)!.tags[OWNERSHIP_TAG];
const fleetId = (fleet: string) => {
  const before = stack.fleet;
  stack.fleet = fleet;
  const id = stack.fleetId;
  stack.fleet = before;
  return id;
};
function data(outcome: Outcome): Success['data'] {
  if (outcome.status === 'FAILED') throw new Error(outcome.reason);
  return outcome.data;
}
const transfers = async () => (await stack.rows()).filter(({ sk }) => sk.startsWith('transfer#'));

async function deployBoth(): Promise<void> {
  await inSales(() => stack.create(sales));
  stack.status = 'CREATE_COMPLETE';
  await inSupport(() => stack.create(support));
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(30 * MINUTE);
}

/** Both updates, which run at the same time. The first one's event comes first. */
async function moving(first: 'Fleet' | 'Support', { left = salesWithoutAna, joined = supportWithAna } = {}): Promise<readonly [Outcome, Outcome]> {
  stack.status = 'UPDATE_IN_PROGRESS';
  const begin = {
    Fleet: () => inSales(() => stack.begin(stack.updateEvent(sales, left))),
    Support: () => inSupport(() => stack.begin(stack.updateEvent(support, joined))),
  };
  const one = await begin[first]();
  const done = stack.finish(one);
  await stack.clock.sleep(5 * SECOND);
  const other = stack.finish(await begin[first === 'Fleet' ? 'Support' : 'Fleet']());
  return first === 'Fleet' ? [await done, await other] : [await other, await done];
}

const joins = (after = supportWithAna) => inSupport(() => stack.updateFleet(support, after));

describe.each(['Fleet', 'Support'] as const)('if the event of %s comes first', (first) => {
  test('the user keeps the desktop and its id, and the new fleet has it for good', async () => {
    await deployBoth();
    const before = stack.everything();
    const ana = idOf('ana');
    const [left, joined] = (await moving(first)).map(data);
    expect(joined).toMatchObject({ WorkspaceIds: `${idOf('chen')},${ana}`, Notices: expect.stringContaining(`ana: keeps ${ana}, which the fleet ${fleetId('Fleet')} hands over`) });
    expect(stack.everything()).toEqual(before); // nothing before the clean-up
    expect(await inSales(() => stack.commit(left))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([ownerOf(ana), stack.users()]).toEqual([fleetId('Support'), ['ana', 'bo', 'chen']]);
    // The new fleet changes it, keeps it when the old one is deleted, and terminates it when she leaves.
    const changed = { ...supportWithAna, settings: { RunningMode: 'ALWAYS_ON' } };
    expect(data(await inSupport(() => stack.update(supportWithAna, changed)))).toMatchObject({ Notices: 'none' });
    expect(stack.present().find(({ workspaceId }) => workspaceId === ana)!.properties).toMatchObject({ RunningMode: 'ALWAYS_ON' });
    expect(await transfers()).toEqual([]);
    expect(await inSales(() => stack.delete(salesWithoutAna))).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(['ana', 'chen']);
    expect(await inSupport(() => stack.update(changed, { ...support, settings: changed.settings }))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['chen']);
  });

  test('a rollback changes nothing, and both fleets go on as before', async () => {
    await deployBoth();
    const before = stack.everything();
    await moving(first);
    const back = await inSupport(() => stack.rollBack(supportWithAna, support));
    expect(data(back)).toMatchObject({ Notices: 'none' });
    expect(data(await inSales(() => stack.rollBack(salesWithoutAna, sales)))).toMatchObject({ Notices: 'none', RefusedUsers: 'none' });
    expect(stack.everything()).toEqual(before);
    expect(await transfers()).toEqual([]);
    // Later she leaves for good.
    expect(await inSales(() => stack.update(sales, salesWithoutAna))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['bo', 'chen']);
  });

  test('and the old one releases who leaves, the new one still gets the desktop', async () => {
    await deployBoth();
    const ana = idOf('ana');
    const [left] = await moving(first, { left: { ...salesWithoutAna, RemovedUsers: 'RELEASE' } });
    await inSales(() => stack.commit(data(left)));
    expect(ownerOf(ana)).toBe(fleetId('Support'));
  });

  test('and the old one waits for new desktops, the new one does not wait for that', async () => {
    stack.workspaces.configure({ buildTime: 25 * MINUTE });
    await deployBoth();
    const [left, joined] = await moving(first, { left: { users: ['bo', 'dee'] } });
    expect([left, joined]).toMatchObject([{ status: 'SUCCESS' }, { status: 'SUCCESS' }]);
    expect(left.minutes).toBeGreaterThanOrEqual(25);
    expect(joined.minutes).toBeLessThan(2);
  });

  test('a clean-up that is denied hands over in its next try, and a killed one as well', async () => {
    await deployBoth();
    const ana = idOf('ana');
    const [left] = await moving(first);
    stack.denies = ({ operation }) => operation === 'CreateTags';
    expect((await inSales(() => stack.commit(data(left), { tries: 1 }))).cleanUp).toMatchObject([{ status: 'FAILED', reason: expect.stringContaining('ana') }]);
    expect(ownerOf(ana)).toBe(fleetId('Fleet'));
    stack.denies = undefined;
    // Meanwhile the new fleet goes on as if nothing had happened, and changes nothing on the desktop.
    expect(data(await inSupport(() => stack.update(supportWithAna, { ...supportWithAna, Refresh: '2', Tags: { a: 'b' } })))).toMatchObject({ Notices: expect.stringContaining('hands over') });
    expect(stack.present().find(({ workspaceId }) => workspaceId === ana)!.tags).toEqual({ [OWNERSHIP_TAG]: fleetId('Fleet') });
    stack.inject({ operation: 'CreateTags', how: 'kill-after', times: 1 });
    const next = await inSales(() => stack.update(salesWithoutAna, { ...salesWithoutAna, Refresh: '2' }));
    expect(next).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([ownerOf(ana), stack.users()]).toEqual([fleetId('Support'), ['ana', 'bo', 'chen']]);
  });

  test('the whole stack is deleted before the clean-up was done: nothing is left, in either order', async () => {
    await deployBoth();
    await moving(first);
    if (first === 'Fleet') {
      await inSupport(() => stack.delete(supportWithAna));
      await inSales(() => stack.delete(salesWithoutAna));
    } else {
      await inSales(() => stack.delete(salesWithoutAna));
      expect(stack.users()).toEqual(['ana', 'chen']);
      await inSupport(() => stack.delete(supportWithAna));
    }
    expect(stack.users()).toEqual([]);
  });
});

test('a fleet that is removed from the stack hands its users over to the one that has them on its list now', async () => {
  await deployBoth();
  const ids = stack.idsOf(['chen', 'ana', 'bo']);
  const all: FleetProperties = { users: ['chen', 'ana', 'bo'] };
  stack.removed.add('Fleet');
  expect(data(await joins(all)).WorkspaceIds).toBe(ids.join(','));
  expect(await inSales(() => stack.delete(sales, stack.physicalId, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.idsOf(['chen', 'ana', 'bo'])).toEqual(ids);
  expect(ids.map(ownerOf)).toEqual(Array(3).fill(fleetId('Support')));
  expect(await inSupport(() => stack.delete(all))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a fleet that is removed and retained: the next update of the other one takes the desktop over', async () => {
  await deployBoth();
  const ana = idOf('ana');
  stack.removed.add('Fleet');
  await joins();
  stack.forget('Fleet');
  expect(data(await inSupport(() => stack.update(supportWithAna, { ...supportWithAna, Refresh: '2' })))).toMatchObject({ Notices: 'none' });
  expect(ownerOf(ana)).toBe(fleetId('Support'));
  expect(await inSupport(() => stack.delete(supportWithAna))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['bo']);
});

test('a fleet that was retained earlier hands nothing over: the user is refused, with the way out', async () => {
  await deployBoth();
  stack.forget('Fleet');
  expect(await joins()).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('fromFleets') });
});

test('a desktop with another bundle is refused, and the sentence names the difference', async () => {
  await deployBoth();
  const group: FleetProperties = {
    ...supportWithAna,
    UserCount: '2',
    Users: [{ Settings: '0', UserNames: ['chen'] }, { Settings: '1', UserNames: ['ana'] }],
    Settings: [properties().Settings![0], { BundleId: 'wsb-8vbljg4r6' }],
  };
  const [, joined] = await moving('Fleet', { joined: group });
  expect(joined).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('of this stack, with another bundle (wsb-clj85qzj1, not wsb-8vbljg4r6)') });
});

test('both fleets want the user: the new one is refused', async () => {
  await deployBoth();
  const before = stack.everything();
  expect(await joins()).toMatchObject({
    status: 'FAILED', minutes: 2, reason: expect.stringContaining(`belongs to the fleet ${fleetId('Fleet')} of this stack and stays on its list: take the user off one of both lists`),
  });
  expect(stack.everything()).toEqual(before);
});

test('the template cannot be read: a fleet that is removed counts as one that stays, and the user is refused', async () => {
  await deployBoth();
  stack.removed.add('Fleet');
  stack.denies = ({ operation }) => operation === 'GetTemplate';
  expect(await joins()).toMatchObject({ status: 'FAILED', minutes: 2 });
});

test('she moves back before the clean-up was done', async () => {
  await deployBoth();
  const ana = idOf('ana');
  const [left] = await moving('Fleet');
  stack.denies = ({ operation }) => operation === 'CreateTags';
  await inSales(() => stack.commit(data(left), { tries: 1 }));
  stack.denies = undefined;
  expect(await inSupport(() => stack.update(supportWithAna, support))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(data(await inSales(() => stack.update(salesWithoutAna, sales)))).toMatchObject({ Notices: 'none' });
  expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Fleet')]);
  expect(await inSales(() => stack.delete(sales))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['chen']);
});

test('she moves back after it', async () => {
  await deployBoth();
  const ana = idOf('ana');
  const [left] = await moving('Fleet');
  await inSales(() => stack.commit(data(left)));
  const leavesSupport = data(await inSupport(() => stack.updateFleet(supportWithAna, support)));
  const back = data(await inSales(() => stack.updateFleet(salesWithoutAna, sales)));
  expect(back.WorkspaceIds).toContain(ana);
  expect(await inSupport(() => stack.commit(leavesSupport))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(ownerOf(ana)).toBe(fleetId('Fleet'));
  expect(await inSales(() => stack.delete(sales))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['chen']);
});

test('two users change places', async () => {
  await deployBoth();
  const [ana, chen] = ['ana', 'chen'].map(idOf);
  const [left, joined] = (await moving('Fleet', { left: { users: ['bo', 'chen'] }, joined: { users: ['ana'] } })).map(data);
  expect([left.WorkspaceIds, joined.WorkspaceIds]).toEqual([`${idOf('bo')},${chen}`, ana]);
  expect(await inSales(() => stack.commit(left))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(await inSupport(() => stack.commit(joined))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect([ownerOf(ana), ownerOf(chen), stack.users()]).toEqual([fleetId('Support'), fleetId('Fleet'), ['ana', 'bo', 'chen']]);
});

test('a desktop that was adopted moves, stays adopted, and is released when its user leaves', async () => {
  await deployBoth();
  const dora = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'dora' });
  await stack.clock.sleep(MINUTE);
  const withDora: FleetProperties = { users: ['ana', 'bo', 'dora'], ExistingWorkspaces: { Adopt: 'UNOWNED' } };
  data(await inSales(() => stack.update(sales, withDora)));
  const joined: FleetProperties = { users: ['chen', 'Dora'] };
  const left = data(await inSales(() => stack.updateFleet(withDora, { ...withDora, users: ['ana', 'bo'] })));
  expect(data(await joins(joined))).toMatchObject({ WorkspaceIds: expect.stringContaining(dora) });
  expect(await inSales(() => stack.commit(left))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(ownerOf(dora)).toBe(fleetId('Support'));
  expect(await inSupport(() => stack.update(joined, support))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect([stack.users(), ownerOf(dora)]).toEqual([['ana', 'bo', 'chen', 'dora'], undefined]);
});

test('she moves on to a third fleet before the clean-up of the first was done', async () => {
  await deployBoth();
  await on('Third', () => stack.create({ users: ['emil'] }));
  stack.status = 'CREATE_COMPLETE';
  await stack.clock.sleep(30 * MINUTE);
  const ana = idOf('ana');
  const [left] = await moving('Fleet');
  stack.denies = ({ operation }) => operation === 'CreateTags';
  await inSales(() => stack.commit(data(left), { tries: 1 }));
  stack.denies = undefined;
  const leavesSupport = data(await inSupport(() => stack.updateFleet(supportWithAna, support)));
  const third: FleetProperties = { users: ['emil', 'ana'] };
  data(await on('Third', () => stack.updateFleet({ users: ['emil'] }, third)));
  expect(await inSupport(() => stack.commit(leavesSupport))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect(await inSales(() => stack.update(salesWithoutAna, { ...salesWithoutAna, Refresh: '2' }))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Third')]);
  expect(await on('Third', () => stack.delete(third))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(['bo', 'chen']);
});

test.each([['all rows', () => true], ['the rows of users', (sk: string) => sk.startsWith('call#')]])(
  '%s of the new fleet are lost before the clean-up: the desktop stays, and is named', async (_, isLost) => {
    await deployBoth();
    const ana = idOf('ana');
    const [left] = await moving('Fleet');
    await stack.deleteRows(({ pk, sk }) => pk.includes(fleetId('Support')) && isLost(sk));
    expect((await inSales(() => stack.commit(data(left), { tries: 1 }))).cleanUp).toMatchObject([{ status: 'FAILED', reason: expect.stringContaining(`ana (${ana}`) }]);
    expect(idOf('ana')).toBe(ana);
    // The next deployment of both puts it right.
    data(await inSupport(() => stack.update(supportWithAna, { ...supportWithAna, Refresh: '2' })));
    expect(await inSales(() => stack.update(salesWithoutAna, { ...salesWithoutAna, Refresh: '2' }))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Support')]);
  },
);

/** The desktop is the new fleet's by all lists, but still has the old one's tag, because its clean-up was denied. */
async function movedButNotCleanedUp(): Promise<void> {
  const [left] = await moving('Fleet');
  stack.denies = ({ operation }) => operation === 'CreateTags';
  await inSales(() => stack.commit(data(left)));
  stack.denies = undefined;
}
const nextCleanUpOfSales = () => inSales(() => stack.update(salesWithoutAna, { ...salesWithoutAna, Refresh: '9' }));

describe('the new fleet tolerates that it could not take the user, and has them on its list', () => {
  test.each<[string, FleetProperties]>([
    ['because the old fleet\'s event came late', supportWithAna],
    ['because of another bundle', {
      UserCount: '2',
      Users: [{ Settings: '0', UserNames: ['chen'] }, { Settings: '1', UserNames: ['ana'] }],
      Settings: [properties().Settings![0], { BundleId: 'wsb-8vbljg4r6' }],
    }],
  ])('%s: the desktop stays, and is named, until it can', async (why, joined) => {
    await deployBoth();
    const ana = idOf('ana');
    const tolerant = { ...joined, FailureTolerance: '1' };
    const isLate = joined === supportWithAna;
    const [left] = isLate ? [await joins(tolerant)].map(() => undefined) : await moving('Fleet', { joined: tolerant });
    const outcome = left ?? await inSales(() => stack.updateFleet(sales, salesWithoutAna));
    expect((await inSales(() => stack.commit(data(outcome)))).cleanUp).toMatchObject(Array(3).fill({ status: 'FAILED', reason: expect.stringMatching(/ana \(ws-.*on its list/) }));
    expect(idOf('ana')).toBe(ana);
    expect(data(await inSupport(() => stack.update(tolerant, { ...supportWithAna, Refresh: '2' }))).WorkspaceIds).toContain(ana);
    expect(await nextCleanUpOfSales()).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([why, ownerOf(ana)]).toEqual([why, fleetId('Support')]);
  });

  test('the user leaves that list, too: the desktop goes', async () => {
    await deployBoth();
    const tolerant = { ...supportWithAna, FailureTolerance: '1' };
    await joins(tolerant);
    await inSales(async () => stack.commit(data(await stack.updateFleet(sales, salesWithoutAna))));
    data(await inSupport(() => stack.update(tolerant, support)));
    expect(await nextCleanUpOfSales()).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect(stack.users()).toEqual(['bo', 'chen']);
  });
});

describe('a third fleet', () => {
  const third: FleetProperties = { users: ['emil'] };
  const thirdWithAna: FleetProperties = { users: ['emil', 'ana'] };
  const inThird = <T>(work: () => Promise<T>) => on('Third', work);
  let ana: string | undefined;
  beforeEach(async () => {
    await deployBoth();
    await inThird(() => stack.create(third));
    stack.status = 'CREATE_COMPLETE';
    await stack.clock.sleep(30 * MINUTE);
    ana = idOf('ana');
    await movedButNotCleanedUp();
  });

  test.each([true, false])('to which she moves in an update that is rolled back: she keeps the desktop (the third one is rolled back first: %s)', async (isFirst) => {
    await inSupport(() => stack.updateFleet(supportWithAna, support));
    await inThird(() => stack.updateFleet(third, thirdWithAna));
    const back = [() => inThird(() => stack.rollBack(thirdWithAna, third)), () => inSupport(() => stack.rollBack(support, supportWithAna))];
    for (const each of isFirst ? back : back.reverse()) data(await each());
    stack.status = 'UPDATE_ROLLBACK_COMPLETE';
    expect(await nextCleanUpOfSales()).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Support')]);
  });

  test('does not get her while she is on the list of the second one', async () => {
    expect(await inThird(() => stack.update(third, thirdWithAna))).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(`belongs to the fleet ${fleetId('Support')}`) });
    await inThird(() => stack.rollBack(thirdWithAna, third));
    expect(await nextCleanUpOfSales()).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
    expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Support')]);
  });
});

test('the old fleet has lost her record: the new one takes the desktop over, and no desktop is left when both are deleted', async () => {
  await deployBoth();
  await moving('Fleet');
  await stack.deleteRows(({ records }) => records?.some(({ leaves }: { leaves?: unknown }) => leaves));
  data(await inSales(() => stack.update(salesWithoutAna, { ...salesWithoutAna, Refresh: '3' })));
  expect(await inSupport(() => stack.delete(supportWithAna))).toMatchObject({ status: 'SUCCESS' });
  expect(await inSales(() => stack.delete(salesWithoutAna))).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual([]);
});

test('a desktop that was ready and is UNHEALTHY now does not hold up the new fleet', async () => {
  await deployBoth();
  stack.workspaces.setState(idOf('ana')!, 'UNHEALTHY');
  const [, joined] = await moving('Fleet', { joined: { ...supportWithAna, LateWorkspaces: 'FAIL' } });
  expect(joined).toMatchObject({ status: 'SUCCESS', minutes: expect.any(Number) });
  expect(joined.minutes).toBeLessThan(3);
});

test('somebody takes the tag off before the clean-up: the desktop is nobody\'s, and is not handed over', async () => {
  await deployBoth();
  const ana = idOf('ana');
  const [left] = await moving('Fleet');
  await stack.clock.sleep(10 * MINUTE);
  await stack.untag(ana!, OWNERSHIP_TAG);
  expect(await inSales(() => stack.commit(data(left)))).toMatchObject({ cleanUp: [{ status: 'SUCCESS' }] });
  expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, undefined]);
});

test('the new fleet\'s deployment has not succeeded: the clean-up hands nothing over, and names the user', async () => {
  await deployBoth();
  const ana = idOf('ana');
  const [left, joined] = await moving('Fleet', { joined: { users: ['chen', 'ana', 'nobody'] } });
  expect(joined).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('nobody') });
  expect((await inSales(() => stack.commit(data(left), { tries: 1 }))).cleanUp).toMatchObject([{ status: 'FAILED', reason: expect.stringMatching(/ana \(ws-.*has not succeeded/) }]);
  expect([idOf('ana'), ownerOf(ana)]).toEqual([ana, fleetId('Fleet')]);
});
