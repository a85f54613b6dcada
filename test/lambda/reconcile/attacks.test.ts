import type { FleetEvent, JoinedEvent } from '../../../lambda/request/events';
import { type FleetProperties, MINUTE, names, type Outcome, properties, SECOND, signingTime, TestStack } from '../test-stack';

// Whoever may invoke the functions can invent events. Nothing of them may change a desktop, tell anything about one, or stop what CloudFormation has asked for.

let stack: TestStack;
let lines: { readonly what: string }[];
beforeEach(async () => {
  lines = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  stack = await TestStack.startQuick({ buildTime: 5 * MINUTE, missingUsers: ['nobody'] });
});
afterEach(() => stack.stop());

const before: FleetProperties = { users: names(3), TerminationLimit: 'unlimited' };
const after: FleetProperties = { users: names(4), TerminationLimit: 'unlimited' };
const evil: FleetProperties = { users: ['eve'], TerminationLimit: 'unlimited', RemovedUsers: 'TERMINATE' };

const DATES: Readonly<Record<string, () => string>> = {
  'dated now': () => `X-Amz-Date=${signingTime(stack.clock.now())}`,
  'dated a minute ago': () => `X-Amz-Date=${signingTime(stack.clock.now() - MINUTE)}`,
  'dated 2099': () => `X-Amz-Date=${signingTime(Date.UTC(2099, 0, 1))}`,
  'that expires in 2099': () => `Expires=${Date.UTC(2099, 0, 1) / SECOND}`,
  'with a date that is none': () => 'X-Amz-Date=tomorrow',
  'without a date': () => 'x=1',
};
const TYPES = ['Create', 'Update', 'Delete'] as const;
const CASES = TYPES.flatMap((type) => Object.keys(DATES).map((date): [FleetEvent['RequestType'], string] => [type, date]));

function invented(type: FleetEvent['RequestType'], date: string): FleetEvent {
  const url = `https://evil.example/?${DATES[date]()}`;
  const PhysicalResourceId = type === 'Create' ? undefined : stack.physicalId;
  return stack.forged(type, properties(evil), { ResponseURL: url, PhysicalResourceId, ...type === 'Update' && { OldResourceProperties: properties(before) } });
}

/** Invokes every function with it, as often as the framework would. */
async function attack(event: FleetEvent): Promise<Outcome> {
  await stack.step(event);
  const outcome = await stack.answer(event);
  await stack.step({ ...event, PhysicalResourceId: stack.physicalId });
  return outcome;
}

const world = () => stack.workspaces.desktops().map(({ workspaceId, userName, state, tags }) => ({ workspaceId, userName, state, tags }));

function expectNothingDisclosed(outcome: Outcome): void {
  expect(outcome.status).toBe('FAILED');
  expect(JSON.stringify(outcome)).not.toMatch(/ws-[0-9a-z]{9}|user00/);
}

describe.each(CASES)('an invented %s %s', (type, date) => {
  test('of a fleet at rest changes nothing, and the next deployment works', async () => {
    await stack.create(before);
    const then = world();
    expectNothingDisclosed(await attack(invented(type, date)));
    expect(world()).toEqual(then);
    expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(after.users!) });
  });

  test.each(['create', 'update', 'rollback', 'delete'] as const)('during a %s changes nothing, and that succeeds', async (operation) => {
    if (operation !== 'create') await stack.create(before);
    let running: Promise<JoinedEvent>;
    if (operation === 'rollback') {
      await stack.update(before, { users: [...after.users!, 'nobody'] });
      stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
      running = stack.begin(stack.updateEvent({ users: [...after.users!, 'nobody'] }, before));
    } else if (operation === 'delete') {
      stack.status = 'DELETE_IN_PROGRESS';
      running = stack.begin(stack.event('Delete', properties(before), { PhysicalResourceId: stack.physicalId }));
    } else {
      running = stack.begin(operation === 'create' ? stack.event('Create', properties(before)) : stack.updateEvent(before, after));
    }
    const joined = await running;
    await stack.poll(joined);
    await stack.clock.sleep(5 * SECOND);
    const event = invented(type, date);
    const [outcome, attacked] = await Promise.all([stack.finish(joined), attack(event)]);
    expect(outcome).toMatchObject({ status: 'SUCCESS' });
    // A Delete of what CloudFormation deletes asks for what is done anyway.
    if (operation !== 'delete' || type !== 'Delete') expectNothingDisclosed(attacked);
    expect(stack.users()).toEqual({ create: before.users, update: after.users, rollback: before.users, delete: [] }[operation]);
    expect(stack.workspaces.desktops().filter(({ userName }) => userName === 'eve')).toEqual([]);
  });
});

test('an event of which only onEvent hears keeps nobody waiting', async () => {
  const joined = await stack.begin(stack.event('Create', properties(before)));
  await stack.begin(invented('Update', 'dated 2099'));
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS', minutes: expect.any(Number) });
});

test('the properties of a confirmed event cannot be exchanged', async () => {
  await stack.create(before);
  const joined = await stack.begin(stack.updateEvent(before, after));
  const exchanged = { ...joined, ResourceProperties: properties(evil) };
  expect(await stack.step(exchanged)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('other properties') });
  await stack.poll(joined);
  expect(await stack.step(exchanged)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('other properties') });
  expect(await stack.finish(joined)).toMatchObject({ status: 'SUCCESS' });
  expect(stack.users()).toEqual(after.users);
});

test('thousands of invented events fill no item of the table, and the fleet can be deployed after them', async () => {
  await stack.create(before);
  for (let i = 0; i < 300; i++) await stack.begin({ ...invented('Update', 'dated now'), ResponseURL: `https://evil.example/?i=${i}` });
  const seen = (await stack.rows()).find(({ sk }) => sk === 'seen')!;
  expect(Object.keys(seen).length).toBeLessThanOrEqual(52);
  expect(await stack.update(before, after)).toMatchObject({ status: 'SUCCESS' });
});

test('one line is logged for an event that is refused', async () => {
  await stack.create(before);
  const event = invented('Delete', 'dated now');
  lines = [];
  await stack.step(event);
  expect(lines.map(({ what }) => what)).toEqual(['failed']);
});

describe('an Update or a Delete means the fleet of its physical id', () => {
  const other = `${'5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f'}/f97e9da0/d-90677cc91c`;

  test('a Delete under another logical id terminates the fleet\'s desktops', async () => {
    await stack.create(before);
    stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    const event = stack.event('Delete', properties(before), { LogicalResourceId: 'Renamed', PhysicalResourceId: stack.physicalId });
    expect(await stack.answer(event)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  });

  test('an Update under another logical id is refused with the way out, and its rollback succeeds', async () => {
    await stack.create(before);
    const then = world();
    stack.status = 'UPDATE_IN_PROGRESS';
    const renamed = { LogicalResourceId: 'Renamed', PhysicalResourceId: stack.physicalId };
    const forward = stack.event('Update', properties(after), { ...renamed, OldResourceProperties: properties(before) });
    expect(await stack.answer(forward)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('put the logical id back') });
    stack.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    const back = stack.event('Update', properties(before), { ...renamed, OldResourceProperties: properties(after) });
    expect(await stack.answer(back)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(before.users!) });
    expect(world()).toEqual(then);
  });

  test('a Delete of a fleet that the ledger does not know touches no other', async () => {
    await stack.create(before);
    stack.status = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    expect(await stack.answer(stack.event('Delete', properties({ users: ['ana'] }), { PhysicalResourceId: other }))).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(before.users);
  });
});
