import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CONTEXT_ENV } from 'aws-cdk-lib/cx-api';
import { Outcome, VirtualStack } from './virtual-stack';
import { LocalCloud } from '../../local/cloud';
import type { PolicyDocument } from '../../local/iam';

// Every app in examples/ is deployed as it is, and destroyed again. An app without an entry in EXAMPLES fails.

const FOLDER = join(__dirname, '..', '..', 'examples');
const DIRECTORY = 'd-90670b2f8c';
const [BUNDLE, OTHER_BUNDLE] = ['wsb-clj85qzj1', 'wsb-b0s22j3d7'];

/** The settings of a desktop. */
interface Kind {
  /** The name of its fleet in the stack. */
  readonly fleet: string;
  /** The key of both volumes: its id in the stack, or its description if it is not of the stack. False if no volume is encrypted. */
  readonly key: string | false;
  readonly bundleId: string;
  readonly runningMode?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface Example {
  readonly desktops: Readonly<Record<string, Kind>>;
  /** Creates what the app expects in the account. @returns the context of the app */
  readonly prepare?: (cloud: LocalCloud) => Readonly<Record<string, string>>;
  /** Outputs, in addition to those of fleets. */
  readonly outputs?: (stack: VirtualStack) => Readonly<Record<string, unknown>>;
  /** Users whose desktops stay when the stack is destroyed. @default - nobody */
  readonly usersThatStay?: readonly string[];
  /** Resources of the stack that stay, by logical id without the hash. @default - nothing */
  readonly resourcesThatStay?: readonly string[];
}

function all(users: readonly string[], kind: Kind): Record<string, Kind> {
  return Object.fromEntries(users.map((userName) => [userName, kind]));
}

function linesOf(csv: string): string[][] {
  return readFileSync(join(FOLDER, csv), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
}

/** A desktop of most examples. */
const DESKTOP: Kind = { fleet: 'Desktops', key: 'VolumeKey', bundleId: BUNDLE };

const EXAMPLES: Readonly<Record<string, Example>> = {
  'adopt-existing.ts': {
    prepare: ({ workspaces }) => {
      for (const userName of ['ana', 'bo']) workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName });
      return {};
    },
    desktops: {
      ...all(['ana', 'bo'], { fleet: 'Desktops', key: false, bundleId: BUNDLE, runningMode: 'AUTO_STOP', tags: { 'Department': 'Sales', 'cdk-bulk-workspaces:adopted': 'true' } }),
      chen: { ...DESKTOP, runningMode: 'AUTO_STOP', tags: { Department: 'Sales' } },
    },
    usersThatStay: ['ana', 'bo'],
  },
  'csv-list.ts': {
    desktops: Object.fromEntries(linesOf('csv-list.csv').map(([userName, bundleId, runningMode, Team]) => (
      [userName, { ...DESKTOP, bundleId: bundleId || BUNDLE, runningMode: runningMode || 'AUTO_STOP', tags: { Team } }]
    ))),
  },
  'first-fleet.ts': {
    desktops: all(['ana', 'bo', 'chen'], DESKTOP),
    outputs: (stack) => ({ AnasDesktop: idOf(stack, 'ana') }),
  },
  'key-of-another-team.ts': {
    prepare: ({ kms }) => {
      const [finance, audit] = ['Finance', 'Audit'].map((Description) => kms.createKey({ Description, KeyPolicy: policyIn('key-of-another-team.ts') }));
      kms.createAlias('alias/audit-desktops', audit.keyId);
      return { keyArn: finance.arn };
    },
    desktops: { greta: { ...DESKTOP, key: 'Finance' }, hugo: { ...DESKTOP, key: 'Audit' } },
    outputs: () => ({ HandlerRole: expect.stringMatching(/:role\/Finance-BulkWorkspacesProviderStepRole/) }),
  },
  'sales.ts': {
    desktops: Object.fromEntries(linesOf('sales.csv').map(([userName, Team]) => (
      [userName, { ...DESKTOP, runningMode: 'AUTO_STOP', tags: { Department: 'Sales', Team } }]
    ))),
  },
  'thousand-users.ts': {
    desktops: all(Array.from({ length: 1_000 }, (_, i) => `user${String(i).padStart(3, '0')}`), DESKTOP),
    outputs: (stack) => ({ FirstDesktop: idOf(stack, 'user000') }),
  },
  'two-fleets.ts': {
    desktops: {
      ...all(['isa', 'jakob', 'katya'], { fleet: 'Staff', key: 'StaffKey', bundleId: BUNDLE, runningMode: 'ALWAYS_ON' }),
      ...all(['guest1', 'guest2'], { fleet: 'Guests', key: false, bundleId: OTHER_BUNDLE, runningMode: 'AUTO_STOP' }),
    },
    usersThatStay: ['isa', 'jakob', 'katya'],
    resourcesThatStay: ['Staff', 'StaffKey'],
  },
};

const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));

test('what is expected of each example is known, and the table in its README has it', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual([...FILES].sort());
  const rows = readFileSync(join(FOLDER, 'README.md'), 'utf8').matchAll(/^\| \[([^\]]+)\]\(\1\) \|/gm);
  expect([...rows].map(([, file]) => file).sort()).toEqual([...FILES].sort());
});

test.each(FILES)('%s', async (file) => {
  const { desktops, prepare = () => ({}), outputs = () => ({}), usersThatStay = [], resourcesThatStay = [] } = EXAMPLES[file];
  // All permissions that AWS may check are checked.
  const stack = await VirtualStack.start({
    createTagsOnCreate: 'checked', keyUserActions: 'checked', bundles: [BUNDLE, OTHER_BUNDLE].map((bundleId) => ({ bundleId })),
  });
  try {
    const example = loaded(file, prepare(stack.cloud));
    const outcome = await stack.deployStack(example);
    expect(outcome).toMatchObject({ status: 'CREATE_COMPLETE', failures: {} });
    expect(stack.cloud.iam.denials).toEqual([]);

    expect(stack.users()).toEqual(Object.keys(desktops).sort());
    expect(desktopsOf(stack)).toMatchObject(desktops);
    expect(outputsOf(stack)).toMatchObject(outputs(stack));
    for (const [fleet, users] of usersByFleet(desktops)) expectOutputs(stack, outcome, fleet, users);

    expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE', failures: {} });
    expect(stack.users()).toEqual(usersThatStay);
    const released = stack.present().filter(({ origin }) => origin === 'elsewhere');
    expect(released.flatMap(({ tags }) => Object.keys(tags)).filter((key) => key.startsWith('cdk-bulk-workspaces:'))).toEqual([]);
    expect(resourcesOf(stack).filter(({ status }) => status !== 'DELETE_COMPLETE').map(({ name }) => name).sort()).toEqual(resourcesThatStay);
    expect(stack.cloud.iam.denials).toEqual([]);
  } finally {
    await stack.stop();
  }
});

test.each([
  ['none', 0, 'kms:DescribeKey'],
  ['the first', 1, 'AccessDenied.Key: AWS denies'],
  ['the first two', 2, 'AccessDenied.Key: AWS denies'],
])('with %s of the statements that it shows, a key of another team cannot be used', async (_, count, reason) => {
  const stack = await VirtualStack.start({ keyUserActions: 'checked' });
  try {
    const { kms } = stack.cloud;
    const Statement = (policyIn('key-of-another-team.ts').Statement as object[]).slice(0, 1 + count); // the first statement is that of the administration
    const { arn, keyId } = kms.createKey({ KeyPolicy: { Version: '2012-10-17', Statement } as PolicyDocument });
    kms.createAlias('alias/audit-desktops', keyId);
    let example!: Stack;
    jest.isolateModules(() => { // it was loaded before, with another key
      example = loaded('key-of-another-team.ts', { keyArn: arn });
    });
    const { status, failures } = await stack.deployStack(example);
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(Object.values(failures).join()).toContain(reason);
    expect(stack.users()).toEqual([]);
  } finally {
    await stack.stop();
  }
});

/** Returns the stack of an app, which is loaded once. @param context as given with the CLI's `-c` */
function loaded(file: string, context: Readonly<Record<string, string>>): Stack {
  process.env[CONTEXT_ENV] = JSON.stringify(context);
  try {
    const { stack } = jest.requireActual<{ stack: Stack }>(join(FOLDER, file));
    outdirs.push((stack.node.root as App).outdir);
    return stack;
  } finally {
    delete process.env[CONTEXT_ENV];
  }
}

const outdirs: string[] = [];
afterAll(() => outdirs.forEach((outdir) => rmSync(outdir, { recursive: true, force: true })));

/** The statements from a comment of the example, and one that every team has: for a role that administers the key, but cannot use it. */
function policyIn(file: string): PolicyDocument {
  const comment = readFileSync(join(FOLDER, file), 'utf8').split('\n').filter((line) => line.startsWith('//')).map((line) => line.slice(3));
  const shown = comment.slice(comment.indexOf('['), comment.indexOf(']') + 1).join('\n');
  const administration = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:role/KeyAdministrator' }, Action: 'kms:PutKeyPolicy', Resource: '*' };
  return { Version: '2012-10-17', Statement: [administration, ...JSON.parse(shown)] };
}

/** In the order in which the app names them. */
function usersByFleet(desktops: Readonly<Record<string, Kind>>): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const [userName, { fleet }] of Object.entries(desktops)) users.set(fleet, [...users.get(fleet) ?? [], userName]);
  return users;
}

function idOf(stack: VirtualStack, userName: string): string {
  return stack.present().find((each) => each.userName === userName)!.workspaceId;
}

function outputsOf(stack: VirtualStack): Record<string, string> {
  return Object.fromEntries(stack.cloud.cloudformation.stacks.all().at(-1)!.outputs.map(({ key, value }) => [key, value]));
}

/** The resources, by the ids that the app gave, without the hash. A fleet's custom resource has the id of the fleet. */
function resourcesOf(stack: VirtualStack) {
  const { resources } = stack.cloud.cloudformation.stacks.all().at(-1)!;
  return [...resources.values()].map((resource) => ({ ...resource, name: resource.logicalId.slice(0, -8) }));
}

/** All users who have a desktop, with its settings. */
function desktopsOf(stack: VirtualStack): Record<string, Required<Kind>> {
  const fleets = new Map(resourcesOf(stack).map(({ name, attributes }) => [attributes.FleetId, name]));
  const keys = new Map(resourcesOf(stack).map(({ name, attributes }) => [attributes.Arn, name]));
  return Object.fromEntries(stack.present().map(({ userName, directoryId, bundleId, properties, encryption, tags }) => {
    expect(directoryId).toBe(DIRECTORY);
    if (encryption) expect(encryption).toMatchObject({ rootVolume: true, userVolume: true });
    return [userName, {
      fleet: fleets.get(tags['cdk-bulk-workspaces:fleet'])!,
      key: encryption ? keys.get(encryption.keyArn) ?? stack.cloud.kms.resolve(encryption.keyArn)!.description : false,
      bundleId,
      runningMode: String(properties.RunningMode),
      tags,
    }];
  }));
}

/** Checks that everybody has a desktop, and that the outputs say so. */
function expectOutputs(stack: VirtualStack, outcome: Outcome, fleet: string, users: readonly string[]): void {
  expect(outcome.outputs).toMatchObject({ [`${fleet}RefusedUsersSummary`]: 'none', [`${fleet}LateUsersSummary`]: 'none' });
  const ids = outcome.outputs[`${fleet}WorkspaceIds`];
  if (users.length > 200) expect(ids).toMatch(new RegExp(`^${users.length} WorkSpaces; `));
  else expect(ids.split(',')).toEqual(users.map((userName) => idOf(stack, userName)));
}
