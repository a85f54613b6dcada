import { allHold, Context, ContextValues } from './condition';
import type { Policy, Statement } from './policy';

/** Who asks, with all the names that a policy may use for it. */
export type Asker =
  | { readonly kind: 'role'; readonly account: string; readonly roleArn: string; readonly sessionArn: string }
  | { readonly kind: 'service'; readonly name: string };

/** One permission that a call needs. */
export interface Request {
  readonly asker: Asker;
  /** `workspaces:CreateWorkspaces` */
  readonly action: string;
  /** An ARN, or `*` for an action without resources. */
  readonly resource: string;
  readonly context: Context;
}

/** The decision of one side: of the identity policies, or of the resource policy. */
export type Verdict = 'allow' | 'explicit deny' | 'implicit deny';

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly by: 'identity' | 'resource' | 'organization' };

/**
 * Decides as AWS does within one account. Without a resource policy, the identity policies decide. Keys and roles have a resource policy,
 * which must allow the request, too. If it names the asker, that is enough. If it names the account, the identity policies decide.
 * @param limits the account's service control policies: whatever the others say, one must allow it, and none may deny it. @default - no limit
 */
export function decide(request: Request, identity: readonly Policy[], resource?: Policy, limits?: readonly Policy[]): Decision {
  const byIdentity = evaluate(identity, request);
  const byResource = resource && evaluateResource(resource, request);
  const byLimits = limits ? evaluate(limits, request) : 'allow';
  if (byLimits === 'explicit deny') return { allowed: false, explicit: true, by: 'organization' };
  if (byIdentity === 'explicit deny') return { allowed: false, explicit: true, by: 'identity' };
  if (byResource === 'explicit deny') return { allowed: false, explicit: true, by: 'resource' };
  if (byLimits === 'implicit deny') return { allowed: false, explicit: false, by: 'organization' };
  if (byResource === 'allow') return { allowed: true };
  if (byResource === 'implicit deny') return { allowed: false, explicit: false, by: 'resource' };
  return byIdentity === 'allow' ? { allowed: true } : { allowed: false, explicit: false, by: 'identity' };
}

/** The decision of the asker's own policies. */
export function evaluate(policies: readonly Policy[], request: Request): Verdict {
  const applying = policies.flatMap(({ statements }) => statements).filter(applies(request));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicit deny';
  return applying.length > 0 ? 'allow' : 'implicit deny';
}

/** The decision of a resource's policy. `delegates`: the account's identity policies decide. */
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

/** How a statement names the asker, if it does. */
function namedAs({ principals }: Statement, asker: Asker): 'itself' | 'its account' | undefined {
  if (!principals) return 'itself';
  const { listed, others } = principals;
  if (others) {
    // NotPrincipal spares an asker only if it lists every name of the asker, including its account.
    const names = asker.kind === 'service' ? [asker.name] : [asker.account, asker.roleArn, asker.sessionArn];
    return names.every((name) => listed.some((each) => each.kind === 'anybody' || each.name === name)) ? undefined : 'itself';
  }
  if (listed.some(({ kind }) => kind === 'anybody')) return 'itself';
  if (asker.kind === 'service') return listed.some(({ kind, name }) => kind === 'service' && name === asker.name) ? 'itself' : undefined;
  if (listed.some(({ kind, name }) => kind === 'arn' && (name === asker.roleArn || name === asker.sessionArn))) return 'itself';
  return listed.some(({ kind, name }) => kind === 'account' && name === asker.account) ? 'its account' : undefined;
}
