import { Annotations as CdkAnnotations, CfnParameter, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { failure, fleetProperties, newFleet, newStack, temporaryFile, UNENCRYPTED } from './fixtures';
import {
  BulkWorkspacesProps, ComputeType, GlobalAccelerator, GlobalAcceleratorProtocol, OperatingSystem, RunningMode, WorkspaceProtocol, WorkspaceUser,
  WorkspaceUsers,
} from '../src';
import { SettingName, Settings, SETTINGS } from '../src/private/desktop-settings';

// Every setting of a desktop, from the prop to what is sent. If you add a setting, add an example below. All tests of a setting use it.

/** A value, or a function for a value that needs a stack. */
type Given<T> = T | ((stack: Stack) => T);

/** A value, and all members that are sent for it, in addition to the bundle. */
type Choice<T> = readonly [value: Given<T>, members: object];

interface Example<T> {
  readonly one: Choice<T>;
  readonly other: Choice<T>;
  /** More choices. */
  readonly more?: readonly Choice<T>[];
  /** Other props of the fleet that the setting requires. */
  readonly beside?: (stack: Stack) => Partial<BulkWorkspacesProps>;
  /** A value that is known only when the stack is deployed: `{ Ref: 'Text' }` or `{ Ref: 'Number' }`. */
  readonly token?: Choice<T>;
  /** The fields of a CSV file that say `one`, by their headers. */
  readonly csv?: { readonly [header: string]: string };
  /** Lines of a CSV file, header and fields, that are refused. */
  readonly csvRefused?: readonly (readonly [header: string, line: string, message: string])[];
  /** Values of a wrong type, which the compiler of TypeScript refuses. */
  readonly wrong?: readonly (readonly [value: unknown, message: string])[];
  /** Values that are refused, for a fleet and for a user. WHOSE stands for whose value is used if the setting is left out. */
  readonly refused?: readonly (readonly [value: Given<T>, message: string])[];
}

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER_KEY = KEY.replace('1234abcd', 'ffffffff');
const encryption = (VolumeEncryptionKey: unknown, root = 'true', user = 'true') =>
  ({ VolumeEncryptionKey, RootVolumeEncryptionEnabled: root, UserVolumeEncryptionEnabled: user });
const imported = (arn: string, id: string) => (stack: Stack) => kms.Key.fromKeyArn(stack, id, arn);
const withKey = (stack: Stack) => ({ volumeEncryptionKey: imported(KEY, 'Fleets')(stack) });

const TEXT = { Ref: 'Text' };
const NUMBER = { Ref: 'Number' };
const text = (stack: Stack) => new CfnParameter(stack, 'Text').valueAsString;
const number = (stack: Stack) => new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const aNumberToken = () => Lazy.number({ produce: () => -7 });

const BUNDLE_FORM = '\'bundleId\' must be a bundle id like "wsb-clj85qzj1"';
const BUNDLE_INSTEAD = 'copy it from the bundles of the WorkSpaces console';
const ADDRESS = "'ipv6Address' must be an IPv6 address like \"2001:db8::17\"";
const CHARACTERS = 'write letters of any language, digits, spaces or + - = . _ : / @ instead';
const A_KEY = 'must be a key or an alias, such as kms.Key.fromKeyArn() or kms.Alias.fromAliasName()';
const A_PROTOCOL = 'must be a list, each to be made with WorkspaceProtocol.DCV, .PCOIP or .of()';
const A_MODE = 'must be made with RunningMode.autoStop(), .alwaysOn() or .manual()';
const AN_ACCELERATOR = 'must be made with GlobalAccelerator.enabledAuto(), .disabled(), .inherited() or .of()';

// In the order of the table, which is the order of the headers in messages.
const EXAMPLES: { readonly [Name in SettingName]-?: Example<NonNullable<Settings[Name]>> } = {
  bundleId: {
    one: ['wsb-8vbljg4r6', { BundleId: 'wsb-8vbljg4r6' }],
    other: ['wsb-0123456ab', { BundleId: 'wsb-0123456ab' }],
    token: [text, { BundleId: TEXT }],
    csv: { bundleId: 'wsb-8vbljg4r6' },
    refused: [
      ['Standard', `${BUNDLE_FORM}, got "Standard"; ${BUNDLE_INSTEAD}`],
      ['ws-1', `${BUNDLE_FORM}, got "ws-1"; ${BUNDLE_INSTEAD}`],
    ],
  },
  volumeEncryptionKey: {
    one: [imported(KEY, 'One'), encryption(KEY)],
    other: [imported(OTHER_KEY, 'Other'), encryption(OTHER_KEY)],
    token: [stack => kms.Key.fromKeyArn(stack, 'Key', text(stack)), encryption(TEXT)],
    csv: { volumeEncryptionKey: KEY },
    csvRefused: ['desktops', 'arn:aws:kms:us-east-1:111122223333:key/', 'arn:aws:s3:::bucket', '1234abcd', 'alias/a b'].map(field =>
      ['volumeEncryptionKey', field, `volumeEncryptionKey must be the ARN or the id of a key, or an alias like "alias/desktops", got ${JSON.stringify(field)}`] as const),
    wrong: [['alias/aws/workspaces', `${A_KEY}, got "alias/aws/workspaces"`]],
  },
  runningMode: {
    one: [RunningMode.autoStop(Duration.hours(2)), { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: '120' }],
    other: [RunningMode.alwaysOn(), { RunningMode: 'ALWAYS_ON' }],
    // Without a time, WorkSpaces uses its own.
    more: [[RunningMode.autoStop(), { RunningMode: 'AUTO_STOP' }], [RunningMode.manual(), { RunningMode: 'MANUAL' }]],
    token: [stack => RunningMode.autoStop(Duration.minutes(number(stack))), { RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: NUMBER }],
    csv: { runningMode: 'auto_stop', autoStopTimeoutInMinutes: '120' },
    csvRefused: [
      ['runningMode', 'SOMETIMES', 'runningMode must be AUTO_STOP, ALWAYS_ON or MANUAL, got "SOMETIMES"'],
      ['runningMode,autoStopTimeoutInMinutes', 'AUTO_STOP,90', 'autoStopTimeoutInMinutes must be a multiple of 60, such as 60 or 120, got "90"'],
      ['runningMode,autoStopTimeoutInMinutes', 'AUTO_STOP,0', 'autoStopTimeoutInMinutes must be a multiple of 60, such as 60 or 120, got "0"'],
      ['autoStopTimeoutInMinutes', '60', 'autoStopTimeoutInMinutes "60" needs the runningMode "AUTO_STOP" in the same line, got ""'],
      ['runningMode,autoStopTimeoutInMinutes', 'ALWAYS_ON,60',
        'autoStopTimeoutInMinutes "60" needs the runningMode "AUTO_STOP" in the same line, got "ALWAYS_ON"'],
    ],
    wrong: [
      ['AUTO_STOP', `${A_MODE}, got "AUTO_STOP"`],
      ['ALWAYS_ON', `${A_MODE}, got "ALWAYS_ON"`],
      [RunningMode.autoStop, `${A_MODE}, got a function`],
    ],
  },
  computeType: {
    one: [ComputeType.PERFORMANCE, { ComputeTypeName: 'PERFORMANCE' }],
    other: [ComputeType.of('NEW_ONE'), { ComputeTypeName: 'NEW_ONE' }],
    token: [stack => ComputeType.of(text(stack)), { ComputeTypeName: TEXT }],
    csv: { computeType: 'PERFORMANCE' },
    csvRefused: [
      ['computeType', 'POWER PRO', 'ComputeType.of() needs a name of the API like "STANDARD", in capitals and without blanks, got "POWER PRO"'],
      ['computeType', 'Standard', 'ComputeType.of() needs a name of the API like "STANDARD", in capitals and without blanks, got "Standard"'],
    ],
    wrong: [[OperatingSystem.RHEL_8, 'must be made with ComputeType.STANDARD, another member, or .of(), got an object of class OperatingSystem']],
  },
  rootVolumeSize: {
    one: [Size.gibibytes(175), { RootVolumeSizeGib: '175' }],
    other: [Size.gibibytes(80), { RootVolumeSizeGib: '80' }],
    token: [stack => Size.gibibytes(number(stack)), { RootVolumeSizeGib: NUMBER }],
    csv: { rootVolumeSizeGib: '175' },
    csvRefused: [['rootVolumeSizeGib', '80 GB', 'rootVolumeSizeGib must be a whole number, got "80 GB"']],
    wrong: [[80, 'must be made with Size.gibibytes(), got 80']],
  },
  userVolumeSize: {
    one: [Size.gibibytes(100), { UserVolumeSizeGib: '100' }],
    other: [Size.gibibytes(10), { UserVolumeSizeGib: '10' }],
    token: [stack => Size.gibibytes(number(stack)), { UserVolumeSizeGib: NUMBER }],
    csv: { userVolumeSizeGib: '100' },
    csvRefused: [['userVolumeSizeGib', '0x10', 'userVolumeSizeGib must be a whole number, got "0x10"']],
    wrong: [[Duration.hours(1), 'must be made with Size.gibibytes(), got an object of class Duration']],
  },
  protocols: {
    one: [[WorkspaceProtocol.DCV, WorkspaceProtocol.PCOIP], { Protocols: ['WSP', 'PCOIP'] }],
    other: [[WorkspaceProtocol.of('NEXT')], { Protocols: ['NEXT'] }],
    token: [stack => [WorkspaceProtocol.of(text(stack))], { Protocols: [TEXT] }],
    csv: { protocols: 'WSP;PCOIP' },
    wrong: [
      [['DCV'], `${A_PROTOCOL}, got ["DCV"]`],
      [WorkspaceProtocol.WSP, `${A_PROTOCOL}, got an object of class WorkspaceProtocol`],
    ],
    refused: [[[], "'protocols' must have at least one protocol, got []; leave it out to use WHOSE"]],
  },
  operatingSystem: {
    one: [OperatingSystem.WINDOWS_SERVER_2022, { OperatingSystemName: 'WINDOWS_SERVER_2022' }],
    other: [OperatingSystem.of('PLAN_9'), { OperatingSystemName: 'PLAN_9' }],
    token: [stack => OperatingSystem.of(text(stack)), { OperatingSystemName: TEXT }],
    csv: { operatingSystem: 'WINDOWS_SERVER_2022' },
    wrong: [[ComputeType.POWER, 'must be made with OperatingSystem.WINDOWS_SERVER_2022, another member, or .of(), got an object of class ComputeType']],
  },
  rootVolumeEncryptionEnabled: {
    beside: withKey,
    one: [true, encryption(KEY)],
    other: [false, encryption(KEY, 'false', 'true')],
    csv: { rootVolumeEncryptionEnabled: 'TRUE' },
    csvRefused: [['rootVolumeEncryptionEnabled', 'yes', 'rootVolumeEncryptionEnabled must be true or false, got "yes"']],
    wrong: [['false', 'must be true or false, got "false"']],
  },
  userVolumeEncryptionEnabled: {
    beside: withKey,
    one: [false, encryption(KEY, 'true', 'false')],
    other: [true, encryption(KEY)],
    csv: { userVolumeEncryptionEnabled: 'false' },
    csvRefused: [['userVolumeEncryptionEnabled', '1', 'userVolumeEncryptionEnabled must be true or false, got "1"']],
    wrong: [[0, 'must be true or false, got 0']],
  },
  globalAccelerator: {
    one: [GlobalAccelerator.enabledAuto(GlobalAcceleratorProtocol.TCP), { GlobalAccelerator: { Mode: 'ENABLED_AUTO', PreferredProtocol: 'TCP' } }],
    other: [GlobalAccelerator.of('SOMETIMES', GlobalAcceleratorProtocol.of('UDP')), { GlobalAccelerator: { Mode: 'SOMETIMES', PreferredProtocol: 'UDP' } }],
    // Without a protocol, none is sent.
    more: [
      [GlobalAccelerator.disabled(), { GlobalAccelerator: { Mode: 'DISABLED' } }],
      [GlobalAccelerator.inherited(), { GlobalAccelerator: { Mode: 'INHERITED' } }],
      [GlobalAccelerator.enabledAuto(), { GlobalAccelerator: { Mode: 'ENABLED_AUTO' } }],
    ],
    token: [stack => GlobalAccelerator.of(text(stack)), { GlobalAccelerator: { Mode: TEXT } }],
    csv: { globalAccelerator: 'enabled_auto', globalAcceleratorProtocol: 'tcp' },
    csvRefused: [
      ['globalAcceleratorProtocol', 'TCP', 'globalAcceleratorProtocol "TCP" needs a globalAccelerator in the same line, such as ENABLED_AUTO'],
      ['globalAccelerator', 'ENABLED AUTO', 'GlobalAccelerator.of() needs a name of the API like "ENABLED_AUTO", in capitals and without blanks, got "ENABLED AUTO"'],
    ],
    wrong: [[true, `${AN_ACCELERATOR}, got true`], [GlobalAcceleratorProtocol.TCP, `${AN_ACCELERATOR}, got an object of class GlobalAcceleratorProtocol`]],
  },
  nestedVirtualizationEnabled: {
    one: [true, { NestedVirtualizationEnabled: 'true' }],
    other: [false, { NestedVirtualizationEnabled: 'false' }],
    csv: { nestedVirtualizationEnabled: 'true' },
    csvRefused: [['nestedVirtualizationEnabled', 'maybe', 'nestedVirtualizationEnabled must be true or false, got "maybe"']],
    wrong: [['yes', 'must be true or false, got "yes"']],
  },
  ipv6Address: {
    one: ['2001:db8::17', { Ipv6Address: '2001:db8::17' }],
    other: ['2001:db8::18', { Ipv6Address: '2001:db8::18' }],
    token: [text, { Ipv6Address: TEXT }],
    csv: { ipv6Address: '2001:db8::17' },
    refused: [['10.0.0.1', `${ADDRESS}, got "10.0.0.1"; leave it out to let WorkSpaces choose one`]],
  },
  tags: {
    one: [{ team: 'north' }, { Tags: { team: 'north' } }],
    other: [{ team: 'south', place: '' }, { Tags: { team: 'south', place: '' } }],
    more: [[{}, {}]],
    token: [stack => ({ team: text(stack) } as { [key: string]: string }), { Tags: { team: TEXT } }],
    refused: [
      [{ 'cdk-bulk-workspaces:note': 'x' },
        'a tag key of \'tags\' must not begin with "cdk-bulk-workspaces:", with which the fleet marks its desktops, got "cdk-bulk-workspaces:note"; ' +
        'choose another prefix'],
      [{ team: '(a)' }, `the value of tag "team" of 'tags' must not contain "(", got "(a)"; ${CHARACTERS}`],
      [{ 'aws:x': 'x' }, 'a tag key of \'tags\' must not begin with "aws:", which is reserved by AWS, got "aws:x"; choose another prefix'],
    ],
  },
};

const ROWS = new Map(SETTINGS);
const ALL = Object.entries(EXAMPLES) as [SettingName, Example<any>][];
const OF_FLEETS = ALL.filter(([name]) => !ROWS.get(name)!.userOnly);
const BUNDLE = { BundleId: 'wsb-clj85qzj1' };

const valueIn = (stack: Stack, given: Given<any>) => typeof given === 'function' ? given(stack) : given;
const choices = (examples: typeof ALL) => examples.flatMap(([name, { one, other, more = [], token, beside }]) =>
  [one, other, ...more, ...token ? [token] : []].map(choice => [name, choice, beside] as const));
const userWith = (own: Partial<WorkspaceUser>) => WorkspaceUsers.fromList([{ userName: 'ana', ...own }]);

/** The users and settings that a fleet with these props sends. */
function wire(props: (stack: Stack) => Partial<BulkWorkspacesProps>) {
  const stack = newStack();
  newFleet(stack, props(stack));
  const { Users, Settings: settings } = fleetProperties(stack);
  return { Users, Settings: settings };
}

/** Why a fleet is refused. Nothing may be added to the tree then, except the fleet itself, which fails in its constructor. */
function refusal(props: (stack: Stack) => Partial<BulkWorkspacesProps>): string {
  const stack = newStack();
  const given = props(stack);
  const before = stack.node.findAll().length;
  const message = failure(() => newFleet(stack, given));
  expect(stack.node.findAll()).toHaveLength(before + 1);
  return message;
}

test('there is an example for everything that is declared of a setting', () => {
  expect(ALL.map(([name, { csv, wrong, refused }]) => [name, csv && Object.keys(csv), wrong !== undefined, refused !== undefined])).toEqual(
    SETTINGS.map(([name, row]) => [name, row.csv?.columns, row.type !== undefined, row.problem !== undefined]));
});

test.each(choices(OF_FLEETS))('%s of a fleet is sent (%#)', (name, [value, members], beside) => {
  expect(wire(stack => ({ ...beside?.(stack), [name]: valueIn(stack, value) }))).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana', 'bo'] }],
    Settings: [{ ...BUNDLE, ...members }],
  });
});

test.each(choices(ALL))('%s of a user is sent (%#)', (name, [value, members], beside) => {
  expect(wire(stack => ({ ...beside?.(stack), users: userWith({ [name]: valueIn(stack, value) }) }))).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana'] }],
    Settings: [{ ...BUNDLE, ...members }],
  });
});

test.each(OF_FLEETS)('%s of a user wins over that of the fleet', (name, { one: [one, ones], other: [other, others], beside }) => {
  expect(wire(stack => ({
    ...beside?.(stack),
    [name]: valueIn(stack, other),
    users: WorkspaceUsers.fromList([{ userName: 'ana' }, { userName: 'bo', [name]: valueIn(stack, one) }]),
  }))).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }],
    Settings: [{ ...BUNDLE, ...others }, { ...BUNDLE, ...ones }],
  });
});

test.each(ALL.filter(([name]) => ROWS.get(name)!.userOnly))('%s of the fleet is not laid under that of its users', (name, { one: [value] }) => {
  expect(wire(stack => ({ [name]: valueIn(stack, value) })).Settings).toEqual([BUNDLE]);
});

test('a user\'s own setting wins, and the fleet\'s applies if there is none', () => {
  const common = { RunningMode: 'ALWAYS_ON', RootVolumeSizeGib: '80', UserVolumeSizeGib: '50', NestedVirtualizationEnabled: 'true' };
  expect(wire(() => ({
    runningMode: RunningMode.alwaysOn(),
    rootVolumeSize: Size.gibibytes(80),
    userVolumeSize: Size.gibibytes(50),
    nestedVirtualizationEnabled: true,
    users: WorkspaceUsers.fromList([
      { userName: 'ana' },
      {
        userName: 'bo',
        bundleId: 'wsb-8vbljg4r6',
        runningMode: RunningMode.manual(),
        computeType: ComputeType.of('NEW_ONE'),
        userVolumeSize: Size.gibibytes(10),
        protocols: [WorkspaceProtocol.of('NEXT')],
        operatingSystem: OperatingSystem.of('PLAN_9'),
        globalAccelerator: GlobalAccelerator.of('SOMETIMES', GlobalAcceleratorProtocol.of('UDP')),
        nestedVirtualizationEnabled: false,
        ipv6Address: '2001:db8::17',
        tags: { team: 'north' },
      },
    ]),
  }))).toEqual({
    Users: [{ Settings: '0', UserNames: ['ana'] }, { Settings: '1', UserNames: ['bo'] }],
    Settings: [
      { ...BUNDLE, ...common },
      {
        BundleId: 'wsb-8vbljg4r6',
        RunningMode: 'MANUAL',
        ComputeTypeName: 'NEW_ONE',
        RootVolumeSizeGib: '80',
        UserVolumeSizeGib: '10',
        Protocols: ['NEXT'],
        OperatingSystemName: 'PLAN_9',
        GlobalAccelerator: { Mode: 'SOMETIMES', PreferredProtocol: 'UDP' },
        NestedVirtualizationEnabled: 'false',
        Ipv6Address: '2001:db8::17',
        Tags: { team: 'north' },
      },
    ],
  });
});

// The list of a large fleet is identified by a hash. With another order of settings, each fleet would be deployed again for nothing.
test('all together: members are sent in the same order as always, new ones last', () => {
  const own = (stack: Stack) => Object.fromEntries(ALL.map(([name, { one: [value] }]) => [name, valueIn(stack, value)]));
  const { Settings: [all] } = wire(stack => ({ users: userWith(own(stack)) }));
  const order = [
    'BundleId', 'VolumeEncryptionKey', 'RootVolumeEncryptionEnabled', 'UserVolumeEncryptionEnabled', 'RunningMode', 'RunningModeAutoStopTimeoutInMinutes',
    'ComputeTypeName', 'RootVolumeSizeGib', 'UserVolumeSizeGib', 'Protocols', 'OperatingSystemName', 'GlobalAccelerator', 'NestedVirtualizationEnabled',
    'Ipv6Address', 'Tags',
  ];
  expect(Object.keys(all)).toEqual(order);
  expect(all).toEqual(Object.assign({}, ...ALL.map(([, { one: [, members] }]) => members)));
});

describe('in a CSV file', () => {
  const csv = (...lines: string[]) => temporaryFile('users.csv', lines.join('\n'));

  test.each(ALL.flatMap(([name, { csv: fields, one: [, members], beside }]) => fields ? [[name, fields, members, beside] as const] : []))(
    '%s has a column, in any case, and an empty field is nothing', (_, fields, members, beside) => {
      const headers = Object.keys(fields).join(',');
      const values = Object.values(fields);
      const nothing = values.map(() => '').join(',');
      const file = csv(`userName,${headers.toUpperCase()}`, `ana,${values.join(',')}`, `bo,${nothing}`);
      const { Settings: [ana, bo] } = wire(stack => ({ ...beside?.(stack), users: WorkspaceUsers.fromCsv(file) }));
      expect(ana).toEqual({ ...BUNDLE, ...members });
      // The result is the same as without the file.
      expect(bo ?? ana).toEqual(wire(stack => ({ ...beside?.(stack) })).Settings[0]);
    });

  test.each(ALL.flatMap(([name, { csvRefused = [] }]) => csvRefused.map(row => [name, ...row] as const)))(
    'refuses a field for %s, with its line (%#)', (_, header, line, message) => {
      const file = csv(`userName,${header}`, `ana,${line}`);
      expect(failure(() => WorkspaceUsers.fromCsv(file))).toBe(`${file} line 2: ${message}`);
    });

  test('tags have a column each', () => {
    const file = csv('userName,tags', 'ana,x');
    const columns = ALL.flatMap(([, { csv: fields = {} }]) => Object.keys(fields)).join(', ');
    expect(failure(() => WorkspaceUsers.fromCsv(file))).toBe(
      `${file} line 1: unknown column "tags"; the known columns are userName, ${columns} and tag:<key>; correct the header, remove the column, or set ignoreUnknownColumns to true to ignore all unknown columns`);
  });
});

describe('is refused', () => {
  const wrong = ALL.flatMap(([name, { wrong: values = [] }]) => values.map(([value, message]) => [name, value, message] as const));
  const refused = (examples: typeof ALL) =>
    examples.flatMap(([name, { refused: values = [] }]) => values.map(([value, message]) => [name, value, message] as const));

  test.each(wrong)('%s of a fleet that is of another type (%#)', (name, value, message) => {
    expect(refusal(() => ({ [name]: value }))).toBe(`'${name}' ${message} (at 'Stack/Fleet')`);
  });

  test.each(wrong)('%s of a user that is of another type (%#)', (name, value, message) => {
    expect(refusal(() => ({ users: userWith({ [name]: value }) }))).toBe(`'${name}' ${message} (user "ana") (at 'Stack/Fleet')`);
  });

  test.each(refused(OF_FLEETS))('%s of a fleet (%#)', (name, value, message) => {
    expect(refusal(stack => ({ [name]: valueIn(stack, value) }))).toBe(`${message.replace('WHOSE', "the bundle's")} (at 'Stack/Fleet')`);
  });

  test.each(refused(ALL))('%s of a user (%#)', (name, value, message) => {
    expect(refusal(stack => ({ users: userWith({ [name]: valueIn(stack, value) }) }))).toBe(
      `${message.replace('WHOSE', "the fleet's")} (user "ana") (at 'Stack/Fleet')`);
  });
});

test.each(ALL)('%s that is null is like nothing', (name) => {
  expect(wire(() => ({ users: userWith({ [name]: null }) })).Settings).toEqual([BUNDLE]);
  expect(wire(() => ({ [name]: null, users: userWith({ bundleId: 'wsb-8vbljg4r6' }) })).Settings).toEqual([{ BundleId: 'wsb-8vbljg4r6' }]);
});

describe('without a bundle', () => {
  const INSTEAD = "give 'bundleId' to the fleet or to this user";

  test.each<[string, WorkspaceUsers, string]>([
    ['all', WorkspaceUsers.fromNames(['ana', 'bo']), 'user "ana"'],
    ['one', WorkspaceUsers.fromList([{ userName: 'ana', bundleId: 'wsb-clj85qzj1' }, { userName: 'bo' }]), 'user "bo"'],
    ['a user whose name is not known yet', WorkspaceUsers.fromNames([Lazy.string({ produce: () => 'known later' })]),
      'a user whose name is known only when the stack is deployed'],
  ])('fails for %s', (_, users, who) => {
    expect(refusal(() => ({ bundleId: undefined, users }))).toBe(`${who} has no bundle; ${INSTEAD} (at 'Stack/Fleet')`);
  });
});

describe('volumes', () => {
  const SIZES = 'fits no bundle; WorkSpaces has, in GiB: root 80 with user 10, 50 or 100; root 175 to 2000 with user 100 to 2000; ' +
    'for graphics bundles root from 100 and user from 100; ';
  const RULES = `${SIZES}leave both out to use the bundle's sizes`;
  const RULES_FOR_ONE = `${SIZES}leave it out to use the bundle's size`;

  test.each<[string, Partial<BulkWorkspacesProps>, string]>([
    ['a root volume of no size', { rootVolumeSize: Size.gibibytes(90) }, `'rootVolumeSize' 90 GiB ${RULES_FOR_ONE}`],
    ['a user volume of no size', { userVolumeSize: Size.gibibytes(60) }, `'userVolumeSize' 60 GiB ${RULES_FOR_ONE}`],
    ['volumes that do not go together', { rootVolumeSize: Size.gibibytes(175), userVolumeSize: Size.gibibytes(50) },
      `'rootVolumeSize' 175 with 'userVolumeSize' 50 GiB ${RULES}`],
    ['a volume beyond the largest', { rootVolumeSize: Size.gibibytes(2001), userVolumeSize: Size.gibibytes(100) },
      `'rootVolumeSize' 2001 with 'userVolumeSize' 100 GiB ${RULES}`],
    ['a broken size', { rootVolumeSize: Size.mebibytes(80 * 1024 + 512) }, `'rootVolumeSize' 80.5 GiB ${RULES_FOR_ONE}`],
    ["a user's volume that does not go with the fleet's", { rootVolumeSize: Size.gibibytes(175), users: userWith({ userVolumeSize: Size.gibibytes(10) }) },
      `'rootVolumeSize' 175 with 'userVolumeSize' 10 GiB ${RULES} (user "ana")`],
  ])('fails for %s', (_, props, message) => {
    expect(refusal(() => props)).toBe(`${message} (at 'Stack/Fleet')`);
  });

  test.each<[string, Partial<BulkWorkspacesProps>]>([
    ['the smallest', { rootVolumeSize: Size.gibibytes(80), userVolumeSize: Size.gibibytes(10) }],
    ['the largest', { rootVolumeSize: Size.tebibytes(1), userVolumeSize: Size.gibibytes(2000) }],
    ['those of a graphics bundle', { rootVolumeSize: Size.gibibytes(100), userVolumeSize: Size.gibibytes(100) }],
    ['those that are known only when the stack is deployed', { rootVolumeSize: Size.gibibytes(aNumberToken()), userVolumeSize: Size.gibibytes(aNumberToken()) }],
    ['one that is known only when the stack is deployed', { rootVolumeSize: Size.gibibytes(aNumberToken()), userVolumeSize: Size.gibibytes(100) }],
  ])('accepts %s, without a warning', (_, props) => {
    const stack = newStack();
    newFleet(stack, { ...UNENCRYPTED, ...props });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    Template.fromStack(stack).resourceCountIs('Custom::BulkWorkspaces', 1);
  });

  test('warns where two pages of AWS disagree', () => {
    const stack = newStack();
    newFleet(stack, {
      ...UNENCRYPTED,
      rootVolumeSize: Size.gibibytes(80),
      users: WorkspaceUsers.fromList(['u0', 'u1'].map(userName => ({ userName, userVolumeSize: Size.gibibytes(100) }))),
    });
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data)).toEqual([
      "WorkSpaces may refuse 'rootVolumeSize' 80 with 'userVolumeSize' 100 GiB: AWS's list of sizes has this pair, but AWS's rule says " +
      'that with a user volume of 100 GiB the root volume has at least 175 [ack: cdk-bulk-workspaces:volumeSizes80With100]',
    ]);
  });
});

describe('encryption', () => {
  const NO_KEY = "is true, but there is no 'volumeEncryptionKey'; " +
    "give a key. For the key that AWS manages, write kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/workspaces')";
  const KEY_FOR_NOTHING = "'volumeEncryptionKey' is given, but 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled' are both false; " +
    'remove the key, or one of the two';
  const key = (stack: Stack) => new kms.Key(stack, 'Key');

  test.each<[string, (stack: Stack) => Partial<BulkWorkspacesProps>, string]>([
    ['the root volume without a key', () => ({ rootVolumeEncryptionEnabled: true }), `'rootVolumeEncryptionEnabled' ${NO_KEY}`],
    ['the user volume without a key', () => ({ userVolumeEncryptionEnabled: true }), `'userVolumeEncryptionEnabled' ${NO_KEY}`],
    ["a user's volume without a key", () => ({ users: userWith({ rootVolumeEncryptionEnabled: true }) }), `'rootVolumeEncryptionEnabled' ${NO_KEY} (user "ana")`],
    ['a key for nothing', stack => ({ volumeEncryptionKey: key(stack), ...UNENCRYPTED }), KEY_FOR_NOTHING],
    ["a user's key for nothing", stack => ({ users: userWith({ volumeEncryptionKey: key(stack), ...UNENCRYPTED }) }), `${KEY_FOR_NOTHING} (user "ana")`],
  ])('fails for %s', (_, props, message) => {
    expect(refusal(props)).toBe(`${message} (at 'Stack/Fleet')`);
  });

  test('flags that are false need no key, and are not sent', () => {
    expect(wire(() => UNENCRYPTED).Settings).toEqual([BUNDLE]);
    expect(wire(stack => ({ volumeEncryptionKey: key(stack), users: userWith(UNENCRYPTED) })).Settings).toEqual([BUNDLE]);
  });

  const PLAIN = "are not encrypted, and WorkSpaces cannot encrypt an existing desktop; give 'volumeEncryptionKey'. " +
    "If you want no encryption, set 'rootVolumeEncryptionEnabled' and 'userVolumeEncryptionEnabled' to false [ack: cdk-bulk-workspaces:volumesNotEncrypted]";
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);

  test.each<[string, (stack: Stack) => Partial<BulkWorkspacesProps>, string]>([
    ['nothing is said', () => ({}), `the volumes of 2 users, such as "ana", ${PLAIN}`],
    ['one volume is meant not to be', () => ({ rootVolumeEncryptionEnabled: false }), `the volumes of 2 users, such as "ana", ${PLAIN}`],
    ['one user has no key', stack => ({ users: WorkspaceUsers.fromList([{ userName: 'ana', volumeEncryptionKey: key(stack) }, { userName: 'bo' }]) }),
      `the volumes of user "bo" ${PLAIN}`],
    ['one user is meant to have none', () => ({ users: WorkspaceUsers.fromList([{ userName: 'ana', ...UNENCRYPTED }, { userName: 'bo' }]) }),
      `the volumes of user "bo" ${PLAIN}`],
  ])('a desktop without it has a warning when %s', (_, props, warning) => {
    const stack = newStack();
    newFleet(stack, props(stack));
    expect(warnings(stack)).toEqual([warning]);
  });

  test.each<[string, (stack: Stack) => Partial<BulkWorkspacesProps>]>([
    ['there is a key', stack => ({ volumeEncryptionKey: key(stack) })],
    ['the fleet says that there is to be none', () => UNENCRYPTED],
    ['every user says that there is to be none', () => ({ users: userWith(UNENCRYPTED) })],
    ['one volume is encrypted', stack => ({ volumeEncryptionKey: key(stack), rootVolumeEncryptionEnabled: false })],
  ])('and none when %s', (_, props) => {
    const stack = newStack();
    newFleet(stack, props(stack));
    expect(warnings(stack)).toEqual([]);
  });

  test('the warning can be acknowledged', () => {
    const stack = newStack();
    CdkAnnotations.of(newFleet(stack)).acknowledgeWarning('cdk-bulk-workspaces:volumesNotEncrypted');
    expect(warnings(stack)).toEqual([]);
  });
});
