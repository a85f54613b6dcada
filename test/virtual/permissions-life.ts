import { App, Stack } from 'aws-cdk-lib';
import { fleets, FUNCTIONS, OTHER_BUNDLE, startStrict, statementsOf } from './permissions-fleets';
import type { Outcome, VirtualStack } from './virtual-stack';
import { OWNERSHIP_TAG } from '../../src/private/contract';

const FIRST = fleets(['ana', 'bo']);
/** Users are released (one of them adopted), one is added, desktops are changed in place, and one is migrated. */
const SECOND = fleets(['ana', 'chen'], { changed: true });
/** A rollback after the fleet has succeeded. */
const THIRD = fleets(['ana', 'chen', 'franz'], { changed: true, fails: true });

/** What the second deployment did not do. This finds permissions that look superfluous because the call that needs them was never made. */
function undone(stack: VirtualStack): string[] {
  const of = (userName: string) => stack.present().find((desktop) => desktop.userName === userName);
  const [ana, bo, gina, ida, jo] = ['ana', 'bo', 'gina', 'ida', 'jo'].map(of);
  return Object.entries({
    'the running mode': ana?.properties.RunningMode === 'ALWAYS_ON',
    'the tag that is taken off': ana?.tags.team === 'sales' && !('season' in ana.tags),
    'the hand-over': jo?.tags[OWNERSHIP_TAG] === ana?.tags[OWNERSHIP_TAG],
    'the migration': gina?.bundleId === OTHER_BUNDLE,
    'the release': bo !== undefined && !isMarked(bo.tags),
    'the release of what was adopted': ida !== undefined && !isMarked(ida.tags),
  }).flatMap(([what, isDone]) => (isDone ? [] : [`not done: ${what}`]));
}

function isMarked(tags: object): boolean {
  return Object.keys(tags).some((key) => key.startsWith('cdk-bulk-workspaces:'));
}

function logs({ cloud: { lambda } }: VirtualStack, name: string): string {
  return lambda.names.filter((each) => each.startsWith(`Test-BulkWorkspacesProvider${name}`)).map((each) => lambda.log(each)).join('');
}

export interface LifeProps {
  /** Changes the policies. @default - they are not changed */
  edit?(template: any): void;
  /** Called with the cloud before the first deployment. @default - nothing is called */
  watch?(stack: VirtualStack): void;
}

/** Plays a fleet's whole life. @returns what failed, and what was denied */
export async function life({ edit, watch }: LifeProps = {}): Promise<{ wrong: string[]; denied: string[] }> {
  const stack = await startStrict();
  try {
    watch?.(stack);
    const wrong: string[] = [];
    const expectEnd = (status: string, outcome: Outcome) => {
      if (outcome.status !== status) wrong.push(`${outcome.status}: ${JSON.stringify(outcome.failures)}`);
    };
    // IsComplete logs only if a step crashes.
    stack.cloud.faults.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    expectEnd('CREATE_COMPLETE', await stack.deploy(FIRST, edit));
    if (wrong.length === 0) {
      expectEnd('UPDATE_COMPLETE', await stack.deploy(SECOND, edit));
      if (wrong.length === 0) wrong.push(...undone(stack));
      if (wrong.length === 0) expectEnd('UPDATE_ROLLBACK_COMPLETE', await stack.deploy(THIRD, edit));
      if (stack.users().includes('franz')) wrong.push('the rollback left a desktop');
      if (logs(stack, 'Step').includes('the stack is unknown')) wrong.push('the rollback is known only by its properties');
    }
    for (const name of FUNCTIONS) {
      if (wrong.length === 0 && logs(stack, name) === '') wrong.push(`nothing in the log of ${name}`);
    }
    const tagsRead = () => stack.cloud.workspaces.counts().calls.DescribeTags ?? 0;
    const before = tagsRead();
    if (wrong.length === 0) expectEnd('DELETE_COMPLETE', await stack.destroy());
    // Without the index it works, too, with one more call for each desktop.
    if (wrong.length === 0 && tagsRead() - before >= 25) wrong.push('the tags of 25 desktops have been read one by one');
    if (wrong.length === 0 && stack.users().join() !== 'bo,ida') wrong.push(`at the end there are the desktops of ${stack.users().join()}`);
    return { wrong, denied: [...new Set(stack.cloud.iam.denials.map(({ action }) => action))] };
  } finally {
    await stack.stop();
  }
}

/** `actions` are the actions that are removed: one, or all of the statement. */
export interface Cut { readonly role: string; readonly sid: string; readonly actions: string[] }

/** The permissions are read from the template itself, so that new ones are tried, too. */
export function cuts(): Cut[] {
  const app = new App();
  FIRST(new Stack(app, 'Test'));
  return statementsOf(app.synth().getStackByName('Test').template).flatMap(({ role, statements }) => statements.flatMap((statement): Cut[] => {
    const actions: string[] = [statement.Action].flat();
    const single = actions.map((action) => ({ role, sid: statement.Sid, actions: [action] }));
    return actions.length === 1 ? single : [...single, { role, sid: statement.Sid, actions }];
  }));
}

/** The policies of a template without a permission. */
export function without({ role, sid, actions }: Cut): (template: any) => void {
  return (template) => {
    for (const each of statementsOf(template).filter((policy) => policy.role === role)) cutFrom(each.statements, { sid, actions });
  };
}

export function cutFrom(statements: any[], { sid, actions }: Omit<Cut, 'role'>): void {
  const statement = statements.find(({ Sid }) => Sid === sid);
  const left = [statement.Action].flat().filter((action: string) => !actions.includes(action));
  if (left.length > 0) statement.Action = left;
  else statements.splice(statements.indexOf(statement), 1);
}

export function nameOf({ role, sid, actions }: Cut): string {
  return `${role}: ${sid} with ${actions.join(', ')}`;
}

/** Whether an action is one of those that are removed. */
export function isOf({ actions }: Cut, action: string): boolean {
  return actions.some((pattern) => (pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern));
}

/** Defines a test for each permission: without it, something is denied, and fails. */
export function testCuts(some: readonly Cut[]): void {
  test.each(some.map((cut): [string, string, string, Cut] => [cut.role, cut.sid, cut.actions.join(', '), cut]))('%s: %s without %s', async (_role, _sid, _actions, cut) => {
    const { wrong, denied } = await life({ edit: without(cut) });
    expect(denied.filter((action) => isOf(cut, action))).not.toEqual([]);
    expect(wrong).not.toEqual([]);
  });
}
