import { Aws, CfnParameter, Duration, Fn, Lazy, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { failure, newFleet, newStack, UNENCRYPTED } from './fixtures';
import {
  BulkWorkspacesProps, ComputeType, ExistingWorkspaces, FailureTolerance, GlobalAccelerator, GlobalAcceleratorProtocol, OperatingSystem, RunningMode,
  TerminationLimit, WorkspaceProtocol, WorkspaceUser, WorkspaceUsers,
} from '../src';
import { EXISTING_WORKSPACES, FAILURE_TOLERANCE, TERMINATION_LIMIT } from '../src/private/kinds';

type Props = (stack: Stack) => Partial<BulkWorkspacesProps>;

const oneUser = (own: Partial<WorkspaceUser>) => WorkspaceUsers.fromList([{ userName: 'ana', ...own }]);
const manyTags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'value']));
const names = (count: number) => Array.from({ length: count }, (_, i) => `u${i}`);
const aToken = () => Lazy.string({ produce: () => 'known later' });
const aNumberToken = () => Lazy.number({ produce: () => -7 });

const DIRECTORY = '; copy it from the directories of the WorkSpaces console';
const CHARACTERS = 'write letters of any language, digits, spaces or + - = . _ : / @ instead';
const TIMEOUT = 'CloudFormation waits for an hour at most; with LateWorkspaces.accept(), desktops can become available after the deployment';

// For the settings of desktops, see desktop-settings.test.ts.
describe('a fleet', () => {
  test.each<[string, Props, string]>([
    ['a directory name', () => ({ directoryId: 'corp.example.com' }),
      `'directoryId' must be a directory id like "d-90670b2f8c" or "wsd-8kgdr3qp1", got "corp.example.com"${DIRECTORY}`],
    ['a directory id in capitals', () => ({ directoryId: 'd-90670B2F8C' }),
      `'directoryId' must be a directory id like "d-90670b2f8c" or "wsd-8kgdr3qp1", got "d-90670B2F8C"${DIRECTORY}`],
    ['a directory id with a line break', () => ({ directoryId: 'd-90670b2f8c\n' }),
      `'directoryId' must be a directory id like "d-90670b2f8c" or "wsd-8kgdr3qp1", got "d-90670b2f8c\\n"${DIRECTORY}`],
    ['too many users', () => ({ users: WorkspaceUsers.fromNames(names(20_001)) }),
      "'users' has 20001 users, and a fleet can have at most 20000, because one deployment takes an hour at most and cannot create more; "
        + 'split them into several BulkWorkspaces, each in a stack of its own'],
    ['a short timeout', () => ({ timeout: Duration.seconds(59) }), `'timeout' must be 1 to 55 minutes, in whole seconds, got "59 seconds"; ${TIMEOUT}`],
    ['a long timeout', () => ({ timeout: Duration.minutes(56) }), `'timeout' must be 1 to 55 minutes, in whole seconds, got "56 minutes"; ${TIMEOUT}`],
    ['a broken timeout', () => ({ timeout: Duration.millis(60_500) }),
      `'timeout' must be 1 to 55 minutes, in whole seconds, got "1 minute 500 millis"; ${TIMEOUT}`],
    ['snapshots', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }),
      '\'removalPolicy\' must not be SNAPSHOT, got "snapshot"; WorkSpaces keeps no snapshot of a terminated desktop; ' +
      'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE to keep the desktops, or RemovalPolicy.DESTROY to terminate them'],
    ['too many tags', () => ({ tags: manyTags(50) }),
      "'tags' must have at most 49 tags, got 50; a desktop takes 50, of which one says whose it is"],
    ['an empty tag key', () => ({ tags: { '': 'x' } }),
      'a tag key of \'tags\' must have 1 to 127 characters, got "" with 0; shorten it, or put the text into the value'],
    ['a long tag key', () => ({ tags: { ['k'.repeat(128)]: 'x' } }),
      `a tag key of 'tags' must have 1 to 127 characters, got "${'k'.repeat(128)}" with 128; shorten it, or put the text into the value`],
    ['a long tag value', () => ({ tags: { team: 'v'.repeat(256) } }),
      'the value of tag "team" of \'tags\' must have at most 255 characters, got 256; shorten it'],
    ['a reserved tag key', () => ({ tags: { 'AWS:team': 'x' } }),
      'a tag key of \'tags\' must not begin with "aws:", which is reserved by AWS, got "AWS:team"; choose another prefix'],
    ['our tag key', () => ({ tags: { 'cdk-bulk-workspaces:fleet': 'x' } }),
      'a tag key of \'tags\' must not begin with "cdk-bulk-workspaces:", with which the fleet marks its desktops, got "cdk-bulk-workspaces:fleet"; ' +
      'choose another prefix'],
    ['a character that tag keys may not have', () => ({ tags: { 'R&D': 'x' } }),
      `a tag key of 'tags' must not contain "&", got "R&D"; ${CHARACTERS}`],
    ['a character that tag values may not have', () => ({ tags: { team: 'a, b' } }),
      `the value of tag "team" of 'tags' must not contain ",", got "a, b"; ${CHARACTERS}`],
    ['a line break in a tag value', () => ({ tags: { team: 'a\nb' } }),
      `the value of tag "team" of 'tags' must not contain "\\n", got "a\\nb"; ${CHARACTERS}`],
    ['a picture in a tag value', () => ({ tags: { team: '\u{1f4bb}' } }),
      `the value of tag "team" of 'tags' must not contain "\u{1f4bb}", got "\u{1f4bb}"; ${CHARACTERS}`],
    ['a tag key with a blank before it', () => ({ tags: { ' team': 'x' } }),
      'a tag key of \'tags\' must not begin or end with blanks, got " team"; write "team" instead'],
    ['a tag value with a blank after it', () => ({ tags: { team: 'north ' } }),
      'the value of tag "team" of \'tags\' must not begin or end with blanks, got "north "; write "north" instead'],
  ])('fails for %s, before anything is added to the tree', (_, props, message) => {
    const stack = newStack();
    const given = props(stack);
    const before = stack.node.findAll().length;
    expect(failure(() => newFleet(stack, given))).toBe(`${message} (at 'Stack/Fleet')`);
    // The fleet itself, which fails in its constructor.
    expect(stack.node.findAll()).toHaveLength(before + 1);
  });

  test.each<[string, Props]>([
    ['directory', () => ({ directoryId: aToken() })],
    ['timeout', () => ({ timeout: Duration.seconds(aNumberToken()) })],
    ['tag values', () => ({ tags: { team: aToken() }, users: oneUser({ tags: { team: aToken() } }) })],
    ['refresh', () => ({ refresh: aToken() })],
  ])('a token passes as %s', (_, props) => {
    const stack = newStack();
    newFleet(stack, props(stack));
    Template.fromStack(stack).resourceCountIs('Custom::BulkWorkspaces', 1);
  });

  test.each<[string, Props]>([
    ['both kinds of directory', () => ({ directoryId: 'wsd-8kgdr3qp1' })],
    ['the shortest timeout', () => ({ timeout: Duration.minutes(1) })],
    ['the longest timeout', () => ({ timeout: Duration.minutes(55) })],
    ['200 users', () => ({ users: WorkspaceUsers.fromNames(names(200)) })],
    ['49 tags', () => ({ tags: manyTags(49) })],
    ['the longest tag', () => ({ tags: { ['k'.repeat(127)]: 'v'.repeat(255) } })],
    ['all that tags may have', () => ({ tags: { 'Abteilung für Ä-1 東京 +-=._:/@': 'हिन्दी ٣ +-=._:/@' } })],
    ['an empty tag value', () => ({ tags: { team: '' } })],
    ['flags that are false, without a key', () => ({ rootVolumeEncryptionEnabled: false, userVolumeEncryptionEnabled: false })],
  ])('accepts %s, without a warning', (_, props) => {
    const stack = newStack();
    newFleet(stack, { ...UNENCRYPTED, ...props(stack) });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('fails for a log group other than that of the fleets before', () => {
    const stack = newStack();
    const group = (id: string) => new logs.LogGroup(stack, id);
    const [one, other] = [group('One'), group('Other')];
    newFleet(stack, { logGroup: one }, 'First');
    const rule = "'logGroup' must be the same for all fleets of a stack, which share one provider: 'Stack/First' has 'Stack/One', ";
    expect(failure(() => newFleet(stack, { logGroup: other }))).toBe(
      `${rule}got 'Stack/Other'; give all fleets the same log group, or none (at 'Stack/Fleet')`);
    expect(failure(() => newFleet(stack, {}, 'Third'))).toBe(`${rule}got none; give all fleets the same log group, or none (at 'Stack/Third')`);
    newFleet(stack, { logGroup: one }, 'Fourth');
  });

  test('fails for a log group when the fleets before have none', () => {
    const stack = newStack();
    newFleet(stack, {}, 'First');
    expect(failure(() => newFleet(stack, { logGroup: new logs.LogGroup(stack, 'Late') }))).toBe(
      "'logGroup' must be the same for all fleets of a stack, which share one provider: 'Stack/First' has none, got 'Stack/Late'; " +
      "give all fleets the same log group, or none (at 'Stack/Fleet')");
  });

  test('one log group imported twice is one', () => {
    const stack = newStack();
    newFleet(stack, { logGroup: logs.LogGroup.fromLogGroupName(stack, 'A', 'desktops') }, 'First');
    newFleet(stack, { logGroup: logs.LogGroup.fromLogGroupName(stack, 'B', 'desktops') });
  });

  test('fails to name the desktop of someone else', () => {
    const fleet = newFleet(newStack(), { users: WorkspaceUsers.fromNames(['ana', 'anna', 'bo.smith', 'chen']) });
    expect(failure(() => fleet.workspaceId('annab'))).toBe(
      'user "annab" is not in this fleet; did you mean "anna" or "ana"? (at \'Stack/Fleet\')');
    expect(failure(() => fleet.workspaceId('BO.'))).toBe('user "BO." is not in this fleet; did you mean "bo.smith"? (at \'Stack/Fleet\')');
    for (const far of ['zoe', 'bob', 'no', 'a', 'hcen']) {
      expect(failure(() => fleet.workspaceId(far))).toBe(
        `user "${far}" is not in this fleet; add it to 'users', or ask for one of them, such as "ana" (at 'Stack/Fleet')`);
    }
    expect(failure(() => fleet.workspaceId(aToken()))).toBe('a user whose name is known only when the stack is deployed is not in this fleet; ' +
      'add it to \'users\', or ask for one of them, such as "ana" (at \'Stack/Fleet\')');
  });
});

describe('users', () => {
  const FORBIDDEN = 'control characters and " / \\ [ ] : ; | = , + * ? < > are not allowed; use the name with which the user logs in to the directory';

  test.each([
    ['no character', '', 'user name "" must have 1 to 63 characters, got 0; use the name with which the user logs in to the directory'],
    ['64 characters', 'u'.repeat(64),
      `user name "${'u'.repeat(64)}" must have 1 to 63 characters, got 64; use the name with which the user logs in to the directory`],
    ['a leading blank', ' ana', 'user name " ana" must not begin or end with blanks; write "ana" instead'],
    ['a trailing line break', 'ana\n', 'user name "ana\\n" must not begin or end with blanks; write "ana" instead'],
    ['a control character', 'a\u0007na', `user name "a\\u0007na" must not contain "\\u0007"; ${FORBIDDEN}`],
    ['a domain', 'CORP\\ana', `user name "CORP\\\\ana" must not contain "\\\\"; ${FORBIDDEN}`],
    ['a comma', 'smith,ana', `user name "smith,ana" must not contain ","; ${FORBIDDEN}`],
    ['the reserved name', '[UNDEFINED]',
      'user name "[UNDEFINED]" is reserved by WorkSpaces for desktops without a user; give the name of a user in the directory instead'],
  ])('fail for %s', (_, name, message) => {
    expect(failure(() => WorkspaceUsers.fromNames(['bo', name]))).toBe(message);
    expect(failure(() => WorkspaceUsers.fromList([{ userName: name }]))).toBe(message);
  });

  test.each([...'"/\\[]:;|=,+*?<>'])('fail for %s in a name', character => {
    expect(() => WorkspaceUsers.fromNames([`a${character}b`])).toThrow('must not contain');
  });

  test('fail for a name given twice in another case', () => {
    expect(failure(() => WorkspaceUsers.fromNames(['ana', 'bo', 'ANA']))).toBe(
      'user name "ANA" is given twice, first as "ana"; WorkSpaces gives a user one desktop per directory, and names are not case-sensitive; remove one of the two');
  });

  test('fail for a name given twice that is known only at deployment', () => {
    const name = aToken();
    expect(failure(() => WorkspaceUsers.fromNames([name, 'bo', name]))).toBe(
      'one value that is known only when the stack is deployed is given twice as a user name; ' +
      'WorkSpaces gives a user one desktop per directory, and names are not case-sensitive; remove one of the two');
  });

  test('fail for none', () => {
    const message = ' has no users; give at least one, or leave the BulkWorkspaces out of the stack';
    expect(failure(() => WorkspaceUsers.fromNames([]))).toBe(`WorkspaceUsers.fromNames()${message}`);
    expect(failure(() => WorkspaceUsers.fromList([]))).toBe(`WorkspaceUsers.fromList()${message}`);
  });

  test('fail for a list that is known only at deployment', () => {
    const list = Fn.split(',', new CfnParameter(newStack(), 'Names').valueAsString);
    const message = ' cannot take a list that is known only when the stack is deployed, because the number of users must be known at synth; ' +
      'write the names in the app, read them from a file, or take single elements with Fn.select(index, list)';
    expect(failure(() => WorkspaceUsers.fromNames(list))).toBe(`WorkspaceUsers.fromNames()${message}`);
    expect(failure(() => WorkspaceUsers.fromNames(['ana', ...list]))).toBe(`WorkspaceUsers.fromNames()${message}`);
    expect(failure(() => WorkspaceUsers.fromList(Lazy.any({ produce: () => [] }) as any))).toBe(`WorkspaceUsers.fromList()${message}`);
  });

  test('a token passes as a name', () => {
    const stack = newStack();
    new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList' });
    newFleet(stack, { users: WorkspaceUsers.fromNames([Fn.select(0, Token.asList({ Ref: 'Names' })), `${Aws.STACK_NAME}-user`]) });
    Template.fromStack(stack).hasResourceProperties('Custom::BulkWorkspaces', {
      Users: [{ Settings: '0', UserNames: [{ 'Fn::Select': [0, { Ref: 'Names' }] }, { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-user']] }] }],
    });
  });
});

describe('value types', () => {
  const FLEET = '6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d';
  const FLEET_IDS = `'fromFleets' of ExistingWorkspaces.adopt() takes fleet ids like "${FLEET}"`;
  const FLEET_ID_INSTEAD = 'copy the value of the tag "cdk-bulk-workspaces:fleet" of one of the fleet\'s desktops, or give the fleetId of a BulkWorkspaces';

  test.each<[string, () => unknown, string]>([
    ['half an hour', () => RunningMode.autoStop(Duration.minutes(30)),
      'RunningMode.autoStop() takes whole hours, at least one, got "30 minutes"; use Duration.hours(1) instead'],
    ['an hour and a half', () => RunningMode.autoStop(Duration.minutes(90)),
      'RunningMode.autoStop() takes whole hours, at least one, got "1 hour 30 minutes"; use Duration.hours(2) instead'],
    ['no time', () => RunningMode.autoStop(Duration.hours(0)),
      'RunningMode.autoStop() takes whole hours, at least one, got "0 hours"; use Duration.hours(1) instead'],
    ['a negative count', () => FailureTolerance.count(-1),
      'FailureTolerance.count() takes a whole number of 0 or more, got -1; use FailureTolerance.none() to accept no refused user'],
    ['a broken count', () => FailureTolerance.count(1.5),
      'FailureTolerance.count() takes a whole number of 0 or more, got 1.5; use FailureTolerance.none() to accept no refused user'],
    ['not a number', () => FailureTolerance.count(NaN),
      'FailureTolerance.count() takes a whole number of 0 or more, got NaN; use FailureTolerance.none() to accept no refused user'],
    ['more than all', () => FailureTolerance.percentage(101),
      'FailureTolerance.percentage() takes a whole number from 0 to 100, got 101; use FailureTolerance.percentage(100) to accept any number of refused users'],
    ['infinitely many', () => FailureTolerance.count(Infinity), 'FailureTolerance.count() takes a whole number of 0 or more, got Infinity; ' +
      'use FailureTolerance.percentage(100) to accept any number of refused users'],
    ['a negative limit', () => TerminationLimit.count(-1),
      'TerminationLimit.count() takes a whole number of 0 or more, got -1; use TerminationLimit.count(0) to allow no termination'],
    ['a limit above all', () => TerminationLimit.percentage(101),
      'TerminationLimit.percentage() takes a whole number from 0 to 100, got 101; use TerminationLimit.unlimited() to allow any number of terminations'],
    ['less than none', () => FailureTolerance.percentage(-1),
      'FailureTolerance.percentage() takes a whole number from 0 to 100, got -1; use FailureTolerance.none() to accept no refused user'],
    ['no fleet', () => ExistingWorkspaces.adopt({ fromFleets: [] }), '\'fromFleets\' of ExistingWorkspaces.adopt() needs at least one fleet id, got []; ' +
      'leave it out to adopt only desktops without an owner'],
    ['a fleet beside a list that is known only when the stack is deployed',
      () => ExistingWorkspaces.adopt({ fromFleets: [FLEET, ...Fn.split(',', new CfnParameter(newStack(), 'FleetIds').valueAsString)] }),
      '\'fromFleets\' of ExistingWorkspaces.adopt() mixes fleet ids with a list that is known only when the stack is deployed; ' +
      'give that list alone, or take single elements from it with Fn.select(index, list)'],
    ['the id of a directory', () => ExistingWorkspaces.adopt({ fromFleets: [FLEET, 'd-90670b2f8c'] }), `${FLEET_IDS}, got "d-90670b2f8c"; ${FLEET_ID_INSTEAD}`],
    ['a physical id', () => ExistingWorkspaces.adopt({ fromFleets: [`${FLEET}/d-90670b2f8c`] }), `${FLEET_IDS}, got "${FLEET}/d-90670b2f8c"; ${FLEET_ID_INSTEAD}`],
    ['a fleet id with a line break', () => ExistingWorkspaces.adopt({ fromFleets: [`${FLEET}\n`] }), `${FLEET_IDS}, got "${FLEET}\\n"; ${FLEET_ID_INSTEAD}`],
    ['a fleet id in capitals', () => ExistingWorkspaces.adopt({ fromFleets: [FLEET.toUpperCase()] }), `${FLEET_IDS}, got "${FLEET.toUpperCase()}"; ${FLEET_ID_INSTEAD}`],
    ['an empty compute type', () => ComputeType.of(''), 'ComputeType.of() needs a name of the API like "STANDARD", in capitals and without blanks, got ""'],
    ['an operating system with blanks', () => OperatingSystem.of('Windows 11'),
      'OperatingSystem.of() needs a name of the API like "WINDOWS_SERVER_2022", in capitals and without blanks, got "Windows 11"'],
    ['an empty protocol', () => WorkspaceProtocol.of(''), 'WorkspaceProtocol.of() needs a name of the API like "WSP", in capitals and without blanks, got ""'],
    ['an empty mode', () => GlobalAccelerator.of(''), 'GlobalAccelerator.of() needs a name of the API like "ENABLED_AUTO", in capitals and without blanks, got ""'],
    ['an empty preferred protocol', () => GlobalAccelerator.of('NEW', GlobalAcceleratorProtocol.of('')),
      'GlobalAcceleratorProtocol.of() needs a name of the API like "TCP", in capitals and without blanks, got ""'],
  ])('fail for %s', (_, make, message) => {
    expect(failure(make)).toBe(message);
  });

  test('tokens pass', () => {
    RunningMode.autoStop(Duration.minutes(aNumberToken()));
    FailureTolerance.count(aNumberToken());
    FailureTolerance.percentage(aNumberToken());
    TerminationLimit.count(aNumberToken());
    TerminationLimit.percentage(aNumberToken());
    ExistingWorkspaces.adopt({ fromFleets: [aToken(), FLEET] });
    for (const type of [ComputeType, OperatingSystem, WorkspaceProtocol]) expect(Token.isUnresolved(type.of(aToken()).name)).toBe(true);
    GlobalAccelerator.of(aToken(), GlobalAcceleratorProtocol.of(aToken()));
  });

  test('bounds', () => {
    expect(FAILURE_TOLERANCE.contentOf(FailureTolerance.count(0))).toBe('0');
    expect(FAILURE_TOLERANCE.contentOf(FailureTolerance.none())).toBe('0');
    expect(FAILURE_TOLERANCE.contentOf(FailureTolerance.percentage(100))).toBe('100%');
    expect(TERMINATION_LIMIT.contentOf(TerminationLimit.count(0))).toBe('0');
    expect(TERMINATION_LIMIT.contentOf(TerminationLimit.percentage(10))).toBe('10%');
    expect(TERMINATION_LIMIT.contentOf(TerminationLimit.unlimited())).toBe('unlimited');
    expect(EXISTING_WORKSPACES.contentOf(ExistingWorkspaces.refuse())).toBeUndefined();
    expect(EXISTING_WORKSPACES.contentOf(ExistingWorkspaces.adopt())).toEqual({ Adopt: 'UNOWNED' });
    expect(EXISTING_WORKSPACES.contentOf(ExistingWorkspaces.adopt({ fromFleets: [FLEET] }))).toEqual({ Adopt: 'UNOWNED', FleetIds: [FLEET] });
  });

  test('the members of enum-like classes are the names of the API', () => {
    for (const type of [ComputeType, OperatingSystem, WorkspaceProtocol, GlobalAcceleratorProtocol]) {
      for (const [member, value] of Object.entries(type).filter(([name]) => name !== 'DCV')) expect((value as { name: string }).name).toBe(member);
    }
    expect(WorkspaceProtocol.DCV.name).toBe('WSP');
  });
});
