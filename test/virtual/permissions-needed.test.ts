import { App, Stack } from 'aws-cdk-lib';
import { fleets, FUNCTIONS, startStrict, statementsOf } from './permissions-fleets';
import type { Outcome } from './virtual-stack';

// Nothing in the policies of the provider's roles is superfluous: without any one statement or action, something is denied and goes wrong.

const FIRST = fleets(['ana', 'bo']);
/** One user is released, and one comes. */
const SECOND = fleets(['ana', 'chen']);
/** A rollback after our success. */
const THIRD = fleets(['ana', 'chen', 'franz'], { fails: true });

/** A fleet's whole life, with the policies as `edit` leaves them. @returns what went wrong, and what was denied */
async function life(edit: (template: any) => void): Promise<{ wrong: string[]; denied: string[] }> {
  const stack = await startStrict();
  try {
    const wrong: string[] = [];
    const expectEnd = (status: string, outcome: Outcome) => {
      if (outcome.status !== status) wrong.push(`${outcome.status}: ${JSON.stringify(outcome.failures)}`);
    };
    // IsComplete has something to say only when a step crashes.
    stack.cloud.faults.inject({ operation: 'CreateWorkspaces', how: 'kill-after' });
    expectEnd('CREATE_COMPLETE', await stack.deploy(FIRST, edit));
    if (wrong.length === 0) {
      expectEnd('UPDATE_COMPLETE', await stack.deploy(SECOND, edit));
      if (wrong.length === 0) expectEnd('UPDATE_ROLLBACK_COMPLETE', await stack.deploy(THIRD, edit));
      if (stack.users().includes('franz')) wrong.push('the rollback left a desktop');
    }
    for (const name of FUNCTIONS) {
      const functions = stack.cloud.lambda.names.filter((each) => each.startsWith(`Test-BulkWorkspacesProvider${name}`));
      if (wrong.length === 0 && functions.every((each) => stack.cloud.lambda.log(each) === '')) wrong.push(`nothing in the log of ${name}`);
    }
    if (wrong.length === 0) expectEnd('DELETE_COMPLETE', await stack.destroy());
    return { wrong, denied: [...new Set(stack.cloud.iam.denials.map(({ action }) => action))] };
  } finally {
    await stack.stop();
  }
}

/** `actions` is what is taken away: one, or all of the statement. */
interface Cut { readonly role: string; readonly sid: string; readonly actions: string[] }

/** From the template itself, so that what is added to it is tried too. */
function cuts(): Cut[] {
  const app = new App();
  FIRST(new Stack(app, 'Test'));
  return statementsOf(app.synth().getStackByName('Test').template).flatMap(({ role, statements }) => statements.flatMap((statement): Cut[] => {
    const actions: string[] = [statement.Action].flat();
    const single = actions.map((action) => ({ role, sid: statement.Sid, actions: [action] }));
    return actions.length === 1 ? single : [...single, { role, sid: statement.Sid, actions }];
  }));
}

function without({ role, sid, actions }: Cut): (template: any) => void {
  return (template) => {
    for (const each of statementsOf(template).filter((policy) => policy.role === role)) {
      const statement = each.statements.find(({ Sid }) => Sid === sid);
      const left = [statement.Action].flat().filter((action: string) => !actions.includes(action));
      if (left.length > 0) statement.Action = left;
      else each.statements.splice(each.statements.indexOf(statement), 1);
    }
  };
}

test('with all of it nothing is denied, and nothing goes wrong', async () => {
  expect(await life(() => undefined)).toEqual({ wrong: [], denied: [] });
});

test.each(cuts().map((cut): [string, string, string, Cut] => [cut.role, cut.sid, cut.actions.join(', '), cut]))('%s: %s without %s', async (_role, _sid, _actions, cut) => {
  const { wrong, denied } = await life(without(cut));
  expect(denied.filter((action) => cut.actions.some((pattern) => matches(pattern, action)))).not.toEqual([]);
  expect(wrong).not.toEqual([]);
});

function matches(pattern: string, action: string): boolean {
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}
