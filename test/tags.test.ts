import { App, Aspects, CfnParameter, NestedStack, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { failure, fleetProperties, newFleet, newStack, stepStatements } from './fixtures';
import { BulkWorkspaces, ExistingWorkspaces, WorkspaceUsers } from '../src';

const tagsOf = (stack: Stack) => fleetProperties(stack).Tags;
const many = (count: number, prefix: string) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, 'value']));

test('none, and the property is left out', () => {
  const stack = newStack();
  newFleet(stack);
  expect(fleetProperties(stack)).not.toHaveProperty('Tags');
});

test('those of the fleet', () => {
  const stack = newStack();
  newFleet(stack, { tags: { team: 'sales' } });
  expect(tagsOf(stack)).toEqual({ team: 'sales' });
});

test('those of the stack, under those of the fleet', () => {
  const stack = newStack({ tags: { team: 'all', place: 'north' } });
  newFleet(stack, { tags: { team: 'sales' } });
  expect(tagsOf(stack)).toEqual({ team: 'sales', place: 'north' });
});

test('those of the stack around a nested stack', () => {
  const stack = newStack({ tags: { team: 'all' } });
  const nested = new NestedStack(stack, 'Nested');
  newFleet(nested);
  expect(tagsOf(nested)).toEqual({ team: 'all' });
});

test.each<[string, (fleet: BulkWorkspaces) => Tags]>([
  ['the fleet', fleet => Tags.of(fleet)],
  ['the stack', fleet => Tags.of(Stack.of(fleet))],
  ['the app', fleet => Tags.of(fleet.node.root as App)],
])('Tags.of(%s) reaches the desktops, wins, and removes', (_, of) => {
  const stack = newStack({ tags: { place: 'north' } });
  const fleet = newFleet(stack, { tags: { team: 'sales', kind: 'desktop' } });
  of(fleet).add('team', 'marketing');
  of(fleet).add('cost', '42');
  of(fleet).remove('place');
  expect(tagsOf(stack)).toEqual({ team: 'marketing', kind: 'desktop', cost: '42' });
});

test('Tags.of can leave the desktops out by their type', () => {
  const stack = newStack();
  newFleet(stack);
  Tags.of(stack).add('team', 'sales', { excludeResourceTypes: ['Custom::BulkWorkspaces'] });
  expect(fleetProperties(stack)).not.toHaveProperty('Tags');
});

test('Tags.of(fleet) does not change the provider, which belongs to the stack', () => {
  const stack = newStack();
  Tags.of(newFleet(stack)).add('team', 'sales');
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::Lambda::Function'))).not.toContain('sales');
});

test('tags of a user are in their settings, and no others', () => {
  const stack = newStack();
  newFleet(stack, { tags: { team: 'sales' }, users: WorkspaceUsers.fromList([{ userName: 'ana', tags: { team: 'board' } }, { userName: 'bo' }]) });
  const { Tags: tags, Settings } = fleetProperties(stack);
  expect(tags).toEqual({ team: 'sales' });
  expect(Settings.map((each: any) => each.Tags)).toEqual([{ team: 'board' }, undefined]);
});

test('a value that is known only at deployment', () => {
  const stack = newStack();
  const team = new CfnParameter(stack, 'Team').valueAsString;
  const fleet = newFleet(stack, { tags: { team } });
  Tags.of(fleet).add('other', team);
  expect(tagsOf(stack)).toEqual({ team: { Ref: 'Team' }, other: { Ref: 'Team' } });
});

test('a custom aspect can set a tag', () => {
  const stack = newStack();
  newFleet(stack);
  Aspects.of(stack).add({ visit: node => { if (node instanceof BulkWorkspaces) node.cdkTagManager.setTag('by', 'aspect'); } });
  expect(tagsOf(stack)).toEqual({ by: 'aspect' });
});

describe('fails at synth', () => {
  const synthFailure = (stack: Stack) => failure(() => (stack.node.root as App).synth());

  test('for too many of all kinds', () => {
    const stack = newStack({ tags: many(25, 'stack') });
    newFleet(stack, { tags: many(25, 'fleet') });
    expect(synthFailure(stack)).toContain("[Stack/Fleet] this fleet ('tags', StackProps.tags and Tags.of) must have at most 49 tags, got 50; " +
      'a desktop takes 50, of which one says whose it is');
  });

  test('for too many together with those of a user', () => {
    const stack = newStack();
    newFleet(stack, { tags: many(30, 'fleet'), users: WorkspaceUsers.fromList([{ userName: 'ana', tags: many(20, 'user') }]) });
    expect(synthFailure(stack)).toContain('[Stack/Fleet] user "ana" has 50 tags, including those of the fleet, and can have at most 49: a desktop takes 50, ' +
      'of which one says whose it is; remove some');
  });

  test('for 49 if desktops are adopted, which have one more tag of ours', () => {
    const existingWorkspaces = ExistingWorkspaces.adopt();
    const why = 'a desktop takes 50, of which one says whose it is, and one that it was adopted';
    const stack = newStack();
    newFleet(stack, { existingWorkspaces, tags: many(49, 'fleet') });
    expect(synthFailure(stack)).toContain(`must have at most 48 tags, got 49; ${why}`);

    const other = newStack();
    const users = WorkspaceUsers.fromList([{ userName: 'ana', tags: many(19, 'user') }, { userName: 'bo', tags: many(18, 'user') }]);
    newFleet(other, { existingWorkspaces, tags: many(30, 'fleet'), users });
    const message = synthFailure(other);
    expect(message).toContain(`user "ana" has 49 tags, including those of the fleet, and can have at most 48: ${why}; remove some`);
    expect(message).not.toContain('"bo"');
  });

  test.each(['fleet', 'adopted', 'another'])('for a tag of our own (%s)', name => {
    const stack = newStack();
    newFleet(stack);
    Tags.of(stack).add(`cdk-bulk-workspaces:${name}`, 'mine');
    expect(synthFailure(stack)).toContain("[Stack/Fleet] a tag key of this fleet ('tags', StackProps.tags and Tags.of) must not begin with " +
      `"cdk-bulk-workspaces:", with which the fleet marks its desktops, got "cdk-bulk-workspaces:${name}"; choose another prefix`);
  });

  test('for a character that no desktop\'s tag may have, unless the tag is excluded from desktops', () => {
    const stack = newStack({ tags: { dept: 'R&D' } });
    const fleet = newFleet(stack);
    Tags.of(stack).add('team', 'a, b', { includeResourceTypes: ['Custom::BulkWorkspaces'] });
    expect(synthFailure(stack)).toContain("[Stack/Fleet] the value of tag \"dept\" of this fleet ('tags', StackProps.tags and Tags.of) " +
      'must not contain "&", got "R&D"; write letters of any language, digits, spaces or + - = . _ : / @ instead; ' +
      'Tags.of(fleet).remove(key) keeps a tag from the desktops');

    Tags.of(fleet).remove('dept');
    expect(synthFailure(stack)).toContain('the value of tag "team" of this fleet');
    Tags.of(fleet).remove('team');
    (stack.node.root as App).synth();
  });

  test('not for 49 with an overlap', () => {
    const stack = newStack();
    newFleet(stack, { tags: many(49, 'tag'), users: WorkspaceUsers.fromList([{ userName: 'ana', tags: many(20, 'tag') }]) });
    (stack.node.root as App).synth();
  });
});

test('desktops may be marked as adopted only if the fleet adopts', () => {
  const keys = (existingWorkspaces: ExistingWorkspaces) => {
    const stack = newStack();
    newFleet(stack, {}, 'Other');
    newFleet(stack, { existingWorkspaces, tags: { team: 'sales' } });
    return stepStatements(Template.fromStack(stack)).TagOnCreate.Condition['ForAllValues:StringLike']['aws:TagKeys'].sort();
  };
  expect(keys(ExistingWorkspaces.refuse())).toEqual(['cdk-bulk-workspaces:fleet', 'team']);
  expect(keys(ExistingWorkspaces.adopt())).toEqual(['cdk-bulk-workspaces:adopted', 'cdk-bulk-workspaces:fleet', 'team']);
});

test('the permission to tag is for these tags and ours, of all fleets and users of the stack', () => {
  const stack = newStack();
  newFleet(stack, { tags: { team: 'sales' } });
  const users = WorkspaceUsers.fromList([{ userName: 'dora', tags: { desk: '7' } }]);
  const other = new BulkWorkspaces(stack, 'Other', { directoryId: 'd-0123456789', bundleId: 'wsb-clj85qzj1', users });
  Tags.of(other).add('place', 'north');
  const { Condition } = stepStatements(Template.fromStack(stack)).TagOnCreate;
  expect(Condition['ForAllValues:StringLike']['aws:TagKeys'].sort()).toEqual(['cdk-bulk-workspaces:fleet', 'desk', 'place', 'team']);
});
