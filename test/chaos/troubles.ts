import fc from 'fast-check';
import type { EventRecord } from './events';
import type { Call } from '../../local/core/service';

/** What AWS does to calls for a while, counted from the beginning of an operation on the stack. */
export interface Trouble {
  /** `throttled`: somebody else uses up the account's rate. `denied`: a policy. */
  readonly what: 'denied' | 'throttled';
  /** `ledger`: every call of the step to its table. */
  readonly operation: string;
  /** Whose desktop the policy names. @default - all */
  readonly user?: string;
  /** Seconds. */
  readonly from: number;
  /** Seconds; `Infinity` if it stays. */
  readonly lasts: number;
}

/** A trouble on the clock. */
export class Weather {
  private readonly from: number;
  private readonly until: number;

  constructor(readonly trouble: Trouble, begin: number) {
    this.from = begin + trouble.from * 1_000;
    this.until = this.from + trouble.lasts * 1_000;
  }

  /** @param userOf the user of a desktop */
  strikes({ service, operation, input }: Call, now: number, userOf: (id: string) => string | undefined): boolean {
    const { trouble } = this;
    if (now < this.from || now >= this.until) return false;
    if (trouble.operation === 'ledger') return service === 'dynamodb';
    if (service !== 'workspaces' || (trouble.operation !== '*' && trouble.operation !== operation)) return false;
    return trouble.user === undefined || idsIn(input).some((id) => userOf(id) === trouble.user);
  }
}

/** The desktops that a call is about. */
function idsIn(input: any): string[] {
  const terminated = (input.TerminateWorkspaceRequests ?? []).map((each: any) => each.WorkspaceId);
  return [...terminated, input.ResourceId, input.WorkspaceId, input.SourceWorkspaceId].filter((id) => id !== undefined);
}

/** A denial of an action without a resource level is believed after two minutes; each step asks again. */
const BELIEVED_AFTER = 80;
/** What a policy goes by may become visible later. */
const BY_RESOURCE = ['TerminateWorkspaces', 'ModifyWorkspaceProperties', 'MigrateWorkspace'];
const BY_RESOURCE_BELIEVED_AFTER = 280;

/** Whether a deployment with enough time succeeds all the same: it passes soon, or nothing depends on it. */
export function isHarmless({ what, operation, from, lasts }: Trouble, { isDelete, purpose }: EventRecord): boolean {
  // A stack that cannot roll back is stuck: what becomes of tags does not matter.
  if (operation === 'DeleteTags' && (isDelete || purpose === 'rollback')) return true;
  if (what === 'throttled') return from + lasts <= 1_200;
  return lasts <= (BY_RESOURCE.includes(operation) ? BY_RESOURCE_BELIEVED_AFTER : BELIEVED_AFTER);
}

const OF_REMOVALS = ['TerminateWorkspaces', 'TerminateWorkspaces', 'DeleteTags', 'DescribeTags', 'ledger'];
const OF_DEPLOYMENTS = ['CreateTags', 'CreateWorkspaces', 'DescribeWorkspaces', 'ModifyWorkspaceProperties', 'MigrateWorkspace'];

/** @param operation what meets them */
export function troubles(
  users: readonly string[], operation: 'deploy' | 'remove', { denials, throttling }: Readonly<Record<'denials' | 'throttling', boolean>>,
): fc.Arbitrary<Trouble[]> {
  const denied = fc.record({
    what: fc.constant('denied' as const),
    operation: fc.constantFrom(...OF_REMOVALS, ...(operation === 'deploy' ? OF_DEPLOYMENTS : [])),
    user: fc.option(fc.constantFrom(...users), { nil: undefined }),
    from: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(600) }),
    lasts: fc.constantFrom(80, 80, 280, 280, Infinity, Infinity),
  }).map((each) => {
    if (each.operation === 'ledger') return { ...each, user: undefined, lasts: 80 };
    // No policy can tell the users of these calls.
    return /^(Create|Describe)Workspaces$/.test(each.operation) ? { ...each, user: undefined } : each;
  });
  const throttled = fc.record({
    what: fc.constant('throttled' as const),
    operation: fc.constant('*'),
    from: fc.constantFrom(0, 100, 300, 500),
    lasts: fc.constantFrom(60, 300, 900, 3_400),
  });
  return fc.oneof(...(denials ? [{ weight: 3, arbitrary: denied }] : []), ...(throttling ? [{ weight: 1, arbitrary: throttled }] : []))
    .map((one) => [one]);
}

export function troubleText({ what, operation, user, from, lasts }: Trouble): string {
  const which = operation === '*' ? 'all calls of WorkSpaces' : operation === 'ledger' ? 'all calls of the ledger' : operation;
  return `${what}: ${which}${user ? ` of ${user}'s desktop` : ''}, from ${from} s on${lasts === Infinity ? '' : `, for ${lasts} s`}`;
}
