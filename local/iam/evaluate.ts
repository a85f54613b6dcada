import { allHold, Context, ContextValues } from './condition';
import type { Policy, Statement } from './policy';

/** Who asks, by all the names under which a policy may mean it. */
export type Asker =
  | { readonly kind: 'role'; readonly account: string; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly name: string };

/** One thing that one call needs permission for. */
export interface Request {
  readonly asker: Asker;
  /** `workspaces:CreateWorkspaces` */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  readonly context: Context;
}

/** How one side, identity or resource, decides. */
export type Verdict = 'allow' | 'explicit deny' | 'implicit deny';

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: 'identity' | 'resource' };

/**
 * As AWS decides within one account. Without a resource policy the identity policies decide alone. With one, as keys and roles have
 * it, it must allow as well: by naming the asker, which is enough, or by naming the account, which leaves it to the identity policies.
 */
export function decide(request: Request, identity: readonly Policy[], resource?: Policy): Decision {
  const byIdentity = evaluate(identity, request);
  const byResource = resource && evaluateResource(resource, request);
  if (byIdentity === 'explicit deny') return { allowed: false, explicit: true, by: 'identity' };
  if (byResource === 'explicit deny') return { allowed: false, explicit: true, by: 'resource' };
  if (byResource === 'allow') return { allowed: true };
  if (byResource === 'implicit deny') return { allowed: false, explicit: false, by: 'resource' };
  return byIdentity === 'allow' ? { allowed: true } : { allowed: false, explicit: false, by: 'identity' };
}

/** What policies of the asker's own say. */
export function evaluate(policies: readonly Policy[], request: Request): Verdict {
  const applying = policies.flatMap(({ statements }) => statements).filter(applies(request));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicit deny';
  return applying.length > 0 ? 'allow' : 'implicit deny';
}

/** What a resource's policy says; `delegates`: the account may decide. */
export function evaluateResource(policy: Policy, request: Request): Verdict | 'delegates' {
  const applying = policy.statements.filter(applies(request));
  const named = applying.map((statement) => ({ statement, as: namedAs(statement, request.asker) })).filter(({ as }) => as !== undefined);
  if (named.some(({ statement }) => statement.effect === 'Deny')) return 'explicit deny';
  if (named.some(({ as }) => as === 'itself')) return 'allow';
  return named.length > 0 ? 'delegates' : 'implicit deny';
}

function applies({ action, resource, context }: Request): (statement: Statement) => boolean {
  const values = new ContextValues(context);
  return (statement) => statement.coversAction(action) && statement.coversResource(resource) && allHold(statement.conditions, values);
}

/** How a statement means the asker, if it does. */
function namedAs({ principals }: Statement, asker: Asker): 'itself' | 'its account' | undefined {
  if (!principals) return 'itself';
  const { listed, others } = principals;
  if (others) {
    // Whoever is to be spared must be listed by every name that it has, its account included.
    const names = asker.kind === 'service' ? [asker.name] : [asker.account, asker.roleArn, asker.sessionArn];
    return names.every((name) => listed.some((each) => each.kind === 'anybody' || each.name === name)) ? undefined : 'itself';
  }
  if (listed.some(({ kind }) => kind === 'anybody')) return 'itself';
  if (asker.kind === 'service') return listed.some(({ kind, name }) => kind === 'service' && name === asker.name) ? 'itself' : undefined;
  if (listed.some(({ kind, name }) => kind === 'arn' && (name === asker.roleArn || name === asker.sessionArn))) return 'itself';
  return listed.some(({ kind, name }) => kind === 'account' && name === asker.account) ? 'its account' : undefined;
}
