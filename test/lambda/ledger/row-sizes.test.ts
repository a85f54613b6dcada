import { createHash } from 'node:crypto';
import type { DynamoDBClient, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { recordedText } from '../../../lambda/ledger/bounds';
import type { NewRecord } from '../../../lambda/ledger/call-row';
import { FleetRecords } from '../../../lambda/ledger/fleet-records';
import { Ledger, SupersededError } from '../../../lambda/ledger/ledger';
import type { CallRow } from '../../../lambda/ledger/rows';
import { isDesktop, type OwnedDesktop, type UserRecord } from '../../../lambda/ledger/user-record';
import { ServiceError } from '../../../local/core/service';
import type { DesktopSettings } from '../../../src/private/contract';
import { standIn } from '../../stand-ins/sdk-client';
import { Table } from '../../stand-ins/table';

// What a row weighs is never what makes a write fail, and to divide a row loses nothing, wherever the step dies.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

const KEY = { fleetId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c', directoryId: 'd-90677cc91c' };
const WRITES = ['PutItem', 'DeleteItem'];
/** The most that a user's settings can weigh: the handler refuses more. */
const MOST = 64_000;

/** A ledger of its own, whose writes can be killed, and repeated late. */
class World {
  readonly table = new Table();
  writes = 0;
  /** Writes of call rows that have arrived. */
  readonly sent: { operation: string; input: PutItemCommandInput }[] = [];
  /** The number of the write at which the process dies, and whether it dies after it. */
  kill?: { at: number; after: boolean };
  killed = 0;
  generation = 0;
  private at = 0;
  records!: FleetRecords;
  readonly ledger = new Ledger(standIn<DynamoDBClient>(3, async (operation, input) => this.carry(operation, input)), 'Ledger');

  private carry(operation: string, input: any): { status: number; body: object } {
    const isWrite = WRITES.includes(operation);
    const dies = isWrite && ++this.writes > (this.kill?.at ?? Infinity);
    if (dies && !this.kill!.after) throw new Error('killed');
    const body = this.table.handle(operation, input);
    if (isWrite) this.sent.push({ operation, input });
    if (dies) throw new Error('killed');
    return { status: 200, body };
  }

  async start(): Promise<void> {
    await this.ledger.join(KEY, { id: 'event', requestType: 'Create', requestId: 'r', sentAt: 1_000_000, digests: { from: '', to: '' } }, 1_000_000);
    this.generation = (await this.ledger.fleet(KEY))!.generation;
    await this.restart();
  }

  /** A new step reads everything again. */
  async restart(): Promise<void> {
    this.records = new FleetRecords(await this.ledger.calls(KEY), (await this.ledger.fleet(KEY))!.nextCall);
  }

  /** Runs work, which may be killed. @returns whether it was */
  async run(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      this.kill = undefined;
      this.killed++;
      await this.restart();
      return true;
    }
  }

  /** A write that has arrived before arrives once more. */
  repeat(which: number): void {
    if (this.sent.length === 0) return;
    const { operation, input } = this.sent[which % this.sent.length];
    try {
      this.table.handle(operation, input);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'ConditionalCheckFailedException') throw error;
    }
  }

  async note(users: readonly NewRecord[]): Promise<CallRow> {
    return this.records.begin(this.ledger, KEY, this.generation, { generation: this.generation, at: ++this.at }, users);
  }

  async flush(): Promise<void> {
    await this.records.flush(this.ledger, KEY, this.generation);
  }

  rows(): CallRow[] {
    return this.records.all;
  }

  /** What is known of everybody: whether there is a desktop, and a hash of all the rest. */
  known(): Map<string, string> {
    return new Map(this.records.users(new Map()).map(({ key, record, recordedSettings, madeIn }) => {
      const { settings: _, ...rest } = record!;
      const hash = createHash('sha256').update(JSON.stringify([rest, recordedSettings, madeIn], sorted)).digest('hex').slice(0, 8);
      return [key, `${isDesktop(record) ? record.id : 'nothing'} ${hash}`];
    }));
  }
}

/** For JSON.stringify: the order of members makes no difference. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const settings = (bytes: number, of: string): DesktopSettings => ({ BundleId: 'wsb-1', Tags: { [of]: 'é'.repeat(bytes / 2) } });
const unknown = (userName: string, asked: DesktopSettings): NewRecord => ({ state: 'unknown', why: 'call', userName, asked });

interface Act {
  readonly what: 'create' | 'tag' | 'change' | 'fail' | 'refuse' | 'remove' | 'migrate' | 'restart' | 'repeat';
  readonly user: number;
  readonly bytes: number;
  readonly kill?: { readonly at: number; readonly after: boolean };
}

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('create', 'create', 'tag', 'tag', 'change', 'change', 'fail', 'refuse', 'remove', 'migrate', 'restart', 'repeat'),
  user: fc.nat(39),
  bytes: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(MOST, 60_000, 30_000, 15_000) }, fc.integer({ min: 0, max: MOST })),
  kill: fc.option(fc.record({ at: fc.nat(4), after: fc.boolean() }), { nil: undefined, freq: 3 }),
});

const failure = (n: number, words: number) => ({ code: 'Long'.repeat(words), message: '\u0001'.repeat(words), attempts: 1, generation: 1, at: n });

/** Changes what is in memory, as the actions of a step do; `group` are 12 users from this one on. */
function change(records: FleetRecords, { what, user, bytes }: Act, n: number): void {
  for (const key of Array.from({ length: 12 }, (_, i) => `user${(user + i) % 40}`)) {
    const now = records.user(key, key);
    if (!isDesktop(now.record)) continue;
    const { record } = now;
    const own = settings(bytes, `${key}-${n}`);
    const from = now.recordedSettings ?? own;
    switch (what) {
      case 'tag': records.setWith(key, record, own); break;
      case 'change': records.setWith(key, { ...record, changing: { property: 'ComputeTypeName', from, at: n, isTaken: false, asked: {} } }, own); break;
      case 'fail': records.set(key, { ...record, failure: failure(n, 5_000), broken: failure(n, 9_000) }); break;
      case 'migrate': records.set(key, { ...record, id: `${record.id}m`, migrating: { from: record.id, bundleBefore: 'wsb-0', at: n, to: `${record.id}m` } }); break;
      case 'remove': if (user % 3 === 0) records.set(key, undefined); break;
      default: break;
    }
  }
}

async function create(world: World, { user, bytes, what }: Act, n: number): Promise<void> {
  const users = Array.from({ length: 25 }, (_, i) => `user${(user + i) % 40}`).filter((key) => !isDesktop(world.records.user(key, key).record));
  if (users.length === 0) return;
  const row = await world.note(users.map((name) => unknown(name, settings(bytes, `${name}-${n}`))));
  const answers = row.records.map(({ userName, settings: place }, i): UserRecord => (what === 'refuse' || i % 5 === 4
    ? { state: 'refused', userName, settings: place, failure: failure(n, 5_000) }
    : { state: 'owned', userName, settings: place, id: `ws-${userName}-${n}` }));
  await world.records.answer(world.ledger, KEY, world.generation, row, answers);
}

test('whatever is recorded, no write is too heavy, and nothing is lost when a step dies or a write arrives late', async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
    const world = new World();
    await world.start();
    for (const [n, each] of acts.entries()) {
      if (each.what === 'restart') await world.restart();
      if (each.what === 'repeat') for (let i = 0; i < 5; i++) world.repeat(each.bytes + i * 7);
      const before = world.known();
      let after = before;
      world.kill = each.kill && { at: world.writes + each.kill.at, after: each.kill.after };
      const died = await world.run(async () => {
        if (each.what === 'create' || each.what === 'refuse') await create(world, each, n);
        else change(world.records, each, n);
        after = world.known();
        await world.flush();
      });
      const known = died ? world.known() : after;
      if (!died) {
        await world.restart();
        expect(world.known()).toEqual(known);
      } else if (!['create', 'refuse'].includes(each.what)) {
        // Of each user, the record is the one before or the one after.
        const everybody = new Set([...before.keys(), ...after.keys(), ...known.keys()]);
        for (const key of everybody) expect([before.get(key), after.get(key)]).toContain(known.get(key));
      }
      // Whoever had a desktop that was written has it now, unless it was removed.
      if (each.what !== 'remove') for (const [key, what] of before) if (what.startsWith('ws-')) expect([key, known.get(key)]).toEqual([key, expect.stringMatching(/^ws-/)]);
      world.kill = undefined;
    }
    // No user's record is in two rows any more when the next step has written.
    await world.restart();
    await world.flush();
    const names = world.rows().flatMap(({ records }) => records.map(({ userName }) => userName));
    expect(names.length).toBe(new Set(names).size);
  }), { numRuns: 60 });
});

test('25 users grow until each has a row of their own; a removed user leaves nothing behind', async () => {
  const world = new World();
  await world.start();
  const names = Array.from({ length: 25 }, (_, i) => `user${i}`);
  await create(world, { what: 'create', user: 0, bytes: 100 }, 0);
  await world.restart();
  for (const name of names) {
    const { record } = world.records.user(name, name);
    if (!isDesktop(record)) continue;
    const changing = { property: 'ComputeTypeName' as const, from: settings(MOST, `${name}-from`), at: 0, isTaken: false, asked: {} };
    world.records.setWith(name, { ...record, changing, failure: failure(1, 9_000) }, settings(MOST, `${name}-to`));
    await world.flush();
  }
  await world.restart();
  const owned = names.map((name) => world.records.user(name, name)).filter(({ record }) => isDesktop(record));
  expect(owned).toHaveLength(20);
  for (const { userName, record, recordedSettings } of owned) {
    expect([Object.keys(recordedSettings!.Tags!), Object.keys((record as OwnedDesktop).changing!.from.Tags!)]).toEqual([[`${userName}-to`], [`${userName}-from`]]);
  }
  expect(world.rows().length).toBeGreaterThan(5);
  for (const name of names) world.records.set(name, undefined);
  await world.flush();
  await world.restart();
  expect(world.rows().flatMap(({ records }) => records)).toEqual([]);
  // The rows are used again.
  const count = world.rows().length;
  await create(world, { what: 'create', user: 0, bytes: 100 }, 1);
  expect(world.rows()).toHaveLength(count);
});

test.each([true, false])('a step that dies while a row is divided (after the write: %s) leaves each user once, as before or as after', async (after) => {
  const names = Array.from({ length: 25 }, (_, i) => `user${i}`);
  const moving = names.filter((_, i) => i % 2 === 1 && i % 5 !== 4);
  for (let at = 0, died = true; died; at++) {
    const world = new World();
    await world.start();
    await create(world, { what: 'create', user: 0, bytes: 10_000 }, 0);
    const before = world.known();
    let changed = before;
    world.kill = { at: world.writes + at, after };
    died = await world.run(async () => {
      for (const name of moving) {
        const { record } = world.records.user(name, name) as { record: OwnedDesktop };
        const migrating = { from: record.id, bundleBefore: 'wsb-0', at: 0, to: `${record.id}-new` };
        world.records.setWith(name, { ...record, id: migrating.to, migrating }, settings(30_000, name));
      }
      changed = world.known();
      await world.flush();
    });
    await world.flush();
    await world.restart();
    expect(world.rows().length).toBeGreaterThan(died ? 0 : 1);
    const written = world.rows().flatMap(({ records }) => records.map(({ userName }) => userName));
    expect(written.sort()).toEqual([...before.keys()].sort());
    for (const [name, what] of world.known()) expect([before.get(name), changed.get(name)]).toContain(what);
  }
});

test('a heavy answer is recorded also if a newer event has begun during the call', async () => {
  const world = new World();
  await world.start();
  const names = Array.from({ length: 25 }, (_, i) => `user${i}`);
  const row = await world.note(names.map((name) => unknown(name, settings(11_900, name))));
  const { records } = row;
  await world.ledger.join(KEY, { id: 'newer', requestType: 'Delete', requestId: 'r', sentAt: 1_000_000, digests: { from: '', to: '' } }, 2_000_000);
  await world.records.answer(world.ledger, KEY, world.generation, row, records.map((each, i): UserRecord => (i % 12 === 0
    ? { state: 'owned', userName: each.userName, settings: each.settings, id: `ws-${i}` }
    : { state: 'refused', userName: each.userName, settings: each.settings, failure: failure(i, 9_000) })));
  await world.restart();
  expect(records.length).toBeGreaterThan(20);
  expect(records.map(({ userName }) => world.records.user(userName, userName).record?.state)).toEqual(records.map((_, i) => (i % 12 === 0 ? 'owned' : 'refused')));
  expect(world.rows().length).toBe(2);
  await expect(world.note([unknown('bo', settings(0, 'bo'))])).rejects.toBeInstanceOf(SupersededError);
});

test('settings from before changes that are over do not count', async () => {
  const world = new World();
  await world.start();
  await create(world, { what: 'create', user: 0, bytes: 7_000 }, 0);
  const names = [...world.known()].filter(([, what]) => what.startsWith('ws-')).map(([name]) => name);
  const recordOf = (name: string) => world.records.user(name, name).record as OwnedDesktop;
  for (const name of names) {
    const from = world.records.user(name, name).recordedSettings!;
    world.records.setWith(name, { ...recordOf(name), changing: { property: 'ComputeTypeName', from, at: 0, isTaken: true, asked: {} } }, settings(7_500, name));
  }
  await world.flush();
  await world.restart();
  for (const name of names) world.records.set(name, { ...recordOf(name), changing: undefined, failure: failure(1, 550) });
  await world.flush();
  await world.restart();
  expect(world.rows()).toHaveLength(1);
  expect(names.map((name) => [recordOf(name).failure?.message.length, recordOf(name).changing])).toEqual(names.map(() => [550, undefined]));
});

test('a row of an earlier version with many events is joined, and forgets the oldest of them', async () => {
  const world = new World();
  const join = (id: string) => world.ledger.join(KEY, { id, requestType: 'Update', requestId: 'r', sentAt: 1_000_000, digests: { from: '', to: '' } }, 1_000_000);
  await join('first');
  const [row] = world.table.rows();
  const events = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [String(i).padStart(16, 'e'), { N: String(i) }]));
  world.table.handle('PutItem', { TableName: 'Ledger', Item: { ...row, events: { M: events } } });
  for (let i = 0; i < 6; i++) await join(`later${i}`);
  const after = (await world.ledger.fleet(KEY))!.events;
  expect(Object.keys(after)).toHaveLength(400);
  expect(after).toMatchObject({ later0: expect.any(Number), later5: expect.any(Number) });
});

test('the row of a fleet at its largest', async () => {
  const world = new World();
  await world.start();
  for (let i = 0; i < 450; i++) await world.ledger.join(KEY, { id: String(i).padStart(16, 'e'), requestType: 'Update', requestId: 'r', sentAt: 1_000_000, digests: { from: 'f'.repeat(16), to: 't'.repeat(16) } }, 1_000_000);
  const { generation } = (await world.ledger.fleet(KEY))!;
  const name = 'n'.repeat(1_000);
  await world.ledger.progress(KEY, generation, {
    rollsBack: true,
    lostUsersNoted: true,
    isChecked: true,
    removalsAllowed: true,
    isIrreversible: true,
    denied: { since: 1e12, message: recordedText('\u0001'.repeat(9_000)), tagsStay: true },
    search: { isDone: false, token: 't'.repeat(2_048), pages: 800, after: name },
  });
  await world.ledger.change(KEY, generation, { polling: { cursor: name, pending: Array(25).fill(name) } });
  const row = world.table.rows().find(({ sk }) => sk.S === 'fleet')!;
  expect(JSON.stringify(row).length).toBeLessThan(70_000);
});

test('what is recorded of a call that failed for one user can be recorded a second time', async () => {
  const world = new World();
  await world.start();
  const row = await world.note([unknown('ana', settings(100, 'ana'))]);
  await world.records.answer(world.ledger, KEY, world.generation, row, []);
  await world.records.answer(world.ledger, KEY, world.generation, row, row.records.map(({ userName, settings: place }): UserRecord => (
    { state: 'refused', userName, settings: place, failure: failure(1, 1) }
  )));
  await world.restart();
  expect(world.records.user('ana', 'ana')).toMatchObject({ record: { state: 'refused' }, recordedSettings: settings(100, 'ana') });
});
