import type { CallRow } from '../lambda/ledger/rows';
import type { UserRecord } from '../lambda/ledger/user-record';
import { admit } from '../lambda/reconcile/admit';
import { DIRECTORY, MINUTE, properties, SECOND, TestStack } from '../test/lambda/test-stack';

// answers.ts runs this in a new process. It prints what one step over a fleet in a given state took, and how it ended.

const PER_ROW = 25;
const RATE = 2;
const TIMEOUT = 50 * MINUTE;

/** A fleet's state when the step begins. */
interface State {
  /** How long after the event. */
  readonly at: number;
  readonly state: 'PENDING' | 'AVAILABLE';
  record(userName: string, generation: number, id: string): UserRecord | undefined;
}

const owned = (userName: string, id: string) => ({ state: 'owned', userName, settings: 0, id }) as const;
const STATES: Readonly<Record<string, State>> = {
  'waits': { at: 20 * MINUTE, state: 'PENDING', record: (userName, _, id) => owned(userName, id) },
  'creates': { at: MINUTE, state: 'PENDING', record: () => undefined },
  'looks up': { at: MINUTE, state: 'AVAILABLE', record: (userName) => ({ state: 'unknown', why: 'exists', userName, settings: 0 }) },
  'answers: all late': { at: TIMEOUT, state: 'PENDING', record: (userName, _, id) => owned(userName, id) },
  'answers: all with notices': {
    at: TIMEOUT,
    state: 'AVAILABLE',
    record: (userName, generation, id) => ({
      ...owned(userName, id), readyIn: generation, notes: { generation, notes: [{ property: 'UserVolumeSizeGib', text: 'UserVolumeSizeGib 100 from 2026-01-01T06:00Z on' }] },
    }),
  },
  'answers: all refused': {
    at: TIMEOUT,
    state: 'AVAILABLE',
    record: (userName, generation) => ({ state: 'refused', userName, settings: 0, failure: { code: 'ResourceNotFound.User', message: 'no such user', attempts: 1, generation, at: 0 } }),
  },
  'answers: all adopted': { at: TIMEOUT, state: 'AVAILABLE', record: (userName, generation, id) => ({ ...owned(userName, id), adopted: true, readyIn: generation }) },
  'answers: nobody looked up': { at: TIMEOUT, state: 'AVAILABLE', record: (userName) => ({ state: 'unknown', why: 'exists', userName, settings: 0 }) },
};

async function main(which: string, count: number): Promise<void> {
  console.log = () => undefined;
  const { at, state, record } = STATES[which];
  const stack = await TestStack.startQuick();
  const users = Array.from({ length: count }, (_, i) => `user${String(i).padStart(5, '0')}`);
  const settings = { WorkspaceIds: 'COUNT', FailureTolerance: '100%', TimeoutSeconds: String(TIMEOUT / SECOND), ExistingWorkspaces: { Adopt: 'UNOWNED' } } as const;
  const desired = properties({ users, ...settings });
  const joined = await stack.begin(stack.event('Create', desired));
  const key = { fleetId: stack.fleetId, directoryId: DIRECTORY };
  const { ledger } = stack.services;
  await admit(stack.services, joined, key);
  const { generation } = (await ledger.fleet(key))!;
  await ledger.progress(key, generation, { isChecked: true, search: { isDone: true, token: '', pages: 0, after: '' } });
  for (let number = 0; number * PER_ROW < count; number++) {
    const records = users.slice(number * PER_ROW, (number + 1) * PER_ROW).flatMap((userName, i) => record(userName, generation, `ws-${number}x${i}`) ?? []);
    const row: CallRow = { number, generation, at: stack.clock.now(), settings: desired.Settings!.map((each) => each as never), records };
    if (records.length > 0) await ledger.addCall(key, generation, row);
  }
  const paced = () => stack.clock.sleep(SECOND / RATE);
  const desktop = (id: string, userName = '') => ({ id, userName, state, rootEncrypted: false, userEncrypted: false, changes: {} });
  stack.answers(() => ({
    describe: (ids) => paced().then(() => ids.map((id) => desktop(id))),
    find: (_, userName) => paced().then(() => [desktop(`ws-${userName}`, userName)]),
    tags: () => paced().then(() => ({})),
    tag: () => paced().then(() => true),
    create: (requests) => paced().then(() => ({ made: requests.map(({ UserName }) => desktop(`ws-${UserName}`, UserName)), refused: [] })),
  }));
  await stack.clock.sleep(at);
  const before = process.cpuUsage();
  const { Status } = await stack.step(joined);
  const { user, system } = process.cpuUsage(before);
  const memory = Math.round(process.resourceUsage().maxRSS / 1_024);
  process.stdout.write(JSON.stringify({ Status, cpu: Math.round((user + system) / 1_000), memory }));
}

const [which, count] = process.argv.slice(2);
if (which === '--list') process.stdout.write(JSON.stringify(Object.keys(STATES)));
else void main(which, Number(count));
