import { createHash } from 'node:crypto';
import type { Context } from './condition';
import { Delayed, Timing } from './delayed';
import { noSuchEntity } from './errors';
import { decide, Request } from './evaluate';
import { AWS_MANAGED_POLICIES } from './managed-policies';
import type { Policy, PolicyDocument } from './policy';
import { askerOf, Principal, sessionArn } from './principal';
import { checked, Role, sizeOf } from './role';
import { ACCOUNT, arn, REGION } from '../core/account';
import { Clock, RunningClock } from '../core/clock';
import { Caller, ServiceError } from '../core/service';

/** One thing that a call needs permission for. */
export interface AuthorizationRequest extends Pick<Request, 'action' | 'resource'> {
  /** What is known besides the keys that every request has. */
  readonly context?: Context;
  /** Of a resource that has one which must agree: a key, or a role that is to be assumed. */
  readonly resourcePolicy?: Policy;
}

/** A call, or a part of one, that was not allowed. */
export interface Denial {
  /** On the clock, in milliseconds. */
  readonly at: number;
  /** ARN of the role's session. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** As errors say it: `no identity-based policy allows the ... action`. */
  readonly reason: string;
  readonly explicit: boolean;
}

const KEY = /^LOCAL[0-9A-F]{15}$/;
const LONGEST_MANAGED = 6_144;

/** What IAM knows: roles, policies, and whose access key is whose. It decides what they may do. */
export class IamRegistry {
  /** How long a change of a policy takes to be in force, its removal too: milliseconds of the clock. May be set at any time. */
  policyDelay = 0;
  /** ARNs of roles that nothing restricts: those with which somebody deploys. */
  readonly deployers = new Set<string>();
  /** What has been refused so far, the oldest first. */
  readonly denials: Denial[] = [];
  private readonly known = new Map<string, Role>();
  /** By ARN, those too that have been deleted: when they are gone. */
  private readonly byArn = new Map<string, { readonly role: Role; readonly gone: number }>();
  private readonly managedPolicies: Delayed<Policy>;
  private readonly principals = new Map<string, Principal>();
  private readonly timing: Timing = { now: () => this.clock.now(), delay: () => this.policyDelay };

  constructor(private readonly clock: Clock = new RunningClock()) {
    this.managedPolicies = new Delayed(this.timing);
    for (const [policyArn, document] of Object.entries(AWS_MANAGED_POLICIES)) this.managedPolicies.set(policyArn, checked(document, 'identity'));
  }

  /** By name. */
  get roles(): ReadonlyMap<string, Role> {
    return this.known;
  }

  createRole(name: string, trust: PolicyDocument): Role {
    if (this.known.has(name)) throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    const role = new Role(name, arn('iam', `role/${name}`), trust, this.timing);
    this.known.set(name, role);
    this.byArn.set(role.arn, { role, gone: Infinity });
    return role;
  }

  role(name: string): Role {
    const role = this.known.get(name);
    if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  /** Its keys end with it, after the delay of a policy's change. */
  deleteRole(name: string): void {
    const role = this.known.get(name);
    if (!role) return;
    this.known.delete(name);
    this.byArn.set(role.arn, { role, gone: this.clock.now() + this.policyDelay });
  }

  /** A role that is, or whose deletion is not in force yet. */
  roleOf(roleArn: string): Role | undefined {
    const found = this.byArn.get(roleArn);
    return found && this.clock.now() < found.gone ? found.role : undefined;
  }

  putInlinePolicy(roleName: string, policyName: string, document: PolicyDocument): void {
    this.role(roleName).inline.set(policyName, document);
  }

  deleteInlinePolicy(roleName: string, policyName: string): void {
    this.known.get(roleName)?.inline.delete(policyName);
  }

  putManagedPolicy(policyArn: string, document: PolicyDocument): void {
    const policy = checked(document, 'identity');
    if (sizeOf(document) > LONGEST_MANAGED) throw new ServiceError('LimitExceeded', `Cannot exceed quota for PolicySize: ${LONGEST_MANAGED}`, 409);
    this.managedPolicies.set(policyArn, policy);
  }

  deleteManagedPolicy(policyArn: string): void {
    this.managedPolicies.delete(policyArn);
  }

  attach(roleName: string, policyArn: string): void {
    if (!this.managedPolicies.has(policyArn)) {
      const hint = policyArn.startsWith('arn:aws:iam::aws:') ? ` Of AWS's own, the local IAM has ${Object.keys(AWS_MANAGED_POLICIES).join(', ')}.` : '';
      throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.${hint}`);
    }
    this.role(roleName).managed.set(policyArn, true);
  }

  detach(roleName: string, policyArn: string): void {
    this.known.get(roleName)?.managed.delete(policyArn);
  }

  /** The same principal always has the same key, so a role that comes back has the key it had. */
  accessKeyFor(principal: Principal): string {
    const hash = createHash('sha256').update(`${principal.kind} ${principal.name} ${principal.roleArn}`).digest('hex');
    const accessKeyId = `LOCAL${hash.slice(0, 15).toUpperCase()}`;
    this.principals.set(accessKeyId, principal);
    return accessKeyId;
  }

  /** Undefined for the keys of the environment that deploys, and for CloudFormation's own. */
  principalOf(caller: Caller): Principal | undefined {
    return this.principals.get(caller.accessKeyId);
  }

  /**
   * - `anything`: whoever deploys, CloudFormation, and keys that this registry has not given out.
   * - `nothing`: the role has gone, or there was none.
   */
  standingOf(caller: Caller): 'anything' | 'nothing' | 'by policy' {
    const principal = this.principalOf(caller);
    if (!principal) return KEY.test(caller.accessKeyId) ? 'nothing' : 'anything';
    if (this.deployers.has(principal.roleArn)) return 'anything';
    return this.roleOf(principal.roleArn) ? 'by policy' : 'nothing';
  }

  /** Every policy of a role that is in force. Undefined for a role that is not there. */
  policiesOf(roleArn: string): Policy[] | undefined {
    const role = this.roleOf(roleArn);
    if (!role) return undefined;
    const managed = role.managed.allEffective().flatMap(([policyArn]) => this.managedPolicies.effective(policyArn) ?? []);
    return [...role.inline.effective(), ...managed];
  }

  /** For services that act in somebody's name. A refusal is among the denials. */
  allows(principal: Principal, request: AuthorizationRequest): boolean {
    return this.refusal(principal, request) === undefined;
  }

  /** Why a principal may not, or undefined if it may. A refusal is among the denials. */
  refusal(principal: Principal, request: AuthorizationRequest): Denial | undefined {
    if (this.deployers.has(principal.roleArn)) return undefined;
    const { action, resource, resourcePolicy } = request;
    const policies = this.policiesOf(principal.roleArn);
    const context = { ...this.globalContext(principal), ...request.context };
    const decision = policies && decide({ asker: askerOf(principal), action, resource, context }, policies, resourcePolicy);
    if (decision?.allowed) return undefined;
    const reason = !decision ? `the role ${principal.roleArn} does not exist`
      : decision.explicit ? `an explicit deny in ${article(decision.by)} policy` : `no ${decision.by}-based policy allows the ${action} action`;
    const explicit = decision?.explicit ?? false;
    const denial: Denial = { at: this.clock.now(), principal: sessionArn(principal), action, resource, reason, explicit };
    this.denials.push(denial);
    return denial;
  }

  private globalContext({ roleArn }: Principal): Context {
    const now = this.clock.now();
    return {
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1_000)),
      'aws:PrincipalAccount': ACCOUNT,
      'aws:PrincipalArn': roleArn,
      'aws:PrincipalType': 'AssumedRole',
      'aws:RequestedRegion': REGION,
      'aws:SecureTransport': 'true', // as it would be: the local endpoint is not what policies mean to judge
      'aws:ViaAWSService': 'false',
    };
  }
}

function article(by: 'identity' | 'resource'): string {
  return by === 'identity' ? 'an identity-based' : 'a resource-based';
}
