import { App, CfnParameter, Fn, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { failure, newFleet, newStack, temporaryFile } from './fixtures';
import { WorkspaceUsers } from '../src';

const users = (...names: string[]) => ({ users: WorkspaceUsers.fromNames(names) });
const RULE = 'WorkSpaces gives a user one desktop per directory, and names are not case-sensitive; remove the user from one of the two';

test('a user of two fleets in one directory is refused, in any case, before anything is added to the tree', () => {
  const stack = newStack();
  newFleet(stack, users('bo', 'Ana'), 'First');
  const before = stack.node.findAll().length;
  expect(failure(() => newFleet(stack, users('chen', 'aNA')))).toBe(
    `user "aNA" already gets a desktop in the same directory from 'Stack/First'; ${RULE} fleets (at 'Stack/Fleet')`);
  expect(stack.node.findAll()).toHaveLength(before + 1);
});

test('a refused fleet claims no user', () => {
  const stack = newStack();
  newFleet(stack, users('ana'), 'First');
  failure(() => newFleet(stack, users('bo', 'ana'), 'Refused'));
  newFleet(stack, users('bo'));
});

test('the line of the file is named', () => {
  const stack = newStack();
  newFleet(stack, users('ana'), 'First');
  const file = temporaryFile('users.csv', 'userName\nana\n');
  expect(failure(() => newFleet(stack, { users: WorkspaceUsers.fromCsv(file) }))).toBe(
    `user "ana" (${file} line 2) already gets a desktop in the same directory from 'Stack/First'; ${RULE} fleets (at 'Stack/Fleet')`);
});

test('directories and users that are known only at deployment are compared, too', () => {
  const stack = newStack();
  new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList' });
  new CfnParameter(stack, 'Directory');
  // Another token each time.
  const name = (index = 0) => Fn.select(index, Token.asList({ Ref: 'Names' }));
  const directory = () => ({ directoryId: Token.asString({ Ref: 'Directory' }) });
  newFleet(stack, { ...users('ana', name()), ...directory() }, 'First');
  expect(failure(() => newFleet(stack, { ...users('Ana'), ...directory() }))).toBe(
    `user "Ana" already gets a desktop in the same directory from 'Stack/First'; ${RULE} fleets (at 'Stack/Fleet')`);
  expect(failure(() => newFleet(stack, { ...users('bo', name()), ...directory() }, 'Second'))).toBe(
    'a user whose name is known only when the stack is deployed already gets a desktop in the same directory from \'Stack/First\'; ' +
    `${RULE} fleets (at 'Stack/Second')`);
  newFleet(stack, { ...users('bo', name(1)), ...directory() }, 'Third');
});

test('so are the users of one fleet', () => {
  const name = () => Fn.select(0, Token.asList({ Ref: 'Names' }));
  expect(failure(() => newFleet(newStack(), users(name(), name())))).toBe(
    'a user whose name is known only when the stack is deployed already gets a desktop in the same directory from \'Stack/Fleet\'; ' +
    `${RULE} places (at 'Stack/Fleet')`);
});

test('the same user in two directories, or in two stacks, is fine', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  newFleet(stack, users('ana'), 'First');
  newFleet(stack, { ...users('ana'), directoryId: 'd-90670b2f8d' });
  newFleet(new Stack(app, 'Other'), users('ana'));
  Template.fromStack(stack).resourceCountIs('Custom::BulkWorkspaces', 2);
});
