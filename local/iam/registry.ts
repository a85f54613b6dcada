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

/** One permission that a call needs. */
export interface AuthorizationRequest extends Pick<Request, 'action' | 'resource'> {
  /** Condition keys besides those of every request. */
  readonly context?: Context;
  /** The policy of the resource, if it must allow the request, too: of a key, or of a role to be assumed. */
  readonly resourcePolicy?: Policy;
}

/** A call, or a part of a call, that was denied. */
export interface Denial {
  /** On the clock, in milliseconds. */
  readonly at: number;
  /** The ARN of the role's session. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** The reason as errors show it: `no identity-based policy allows the ... action`. */
  readonly reason: string;
  readonly explicit: boolean;
}

const KEY = /^LOCAL[0-9A-F]{15}$/;
const LONGEST_MANAGED = 6_144;
const EVERYTHING: PolicyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

/** Roles, policies and the owners of access keys. It decides what they may do. */
export class IamRegistry {
  /** How long a change or removal of a policy takes to be in force, in milliseconds of the clock. May be set at any time. */
  policyDelay = 0;
  /** ARNs of unrestricted roles, which people use to deploy. */
  readonly deployers = new Set<string>();
  /** All denials so far, the oldest first. */
  readonly denials: Denial[] = [];
  private readonly known = new Map<string, Role>();
  /** By ARN, also deleted roles, with the time from which they are gone. */
  private readonly byArn = new Map<string, { readonly role: Role; readonly gone: number }>();
  private readonly managedPolicies: Delayed<Policy>;
  /** The service control policies of the account, by name. */
  private readonly servicePolicies: Delayed<Policy>;
  private readonly principals = new Map<string, Principal>();
  private readonly timing: Timing = { now: () => this.clock.now(), delay: () => this.policyDelay };

  constructor(private readonly clock: Clock = new RunningClock()) {
    this.managedPolicies = new Delayed(this.timing);
    this.servicePolicies = new Delayed(this.timing);
    this.servicePolicies.set('FullAWSAccess', checked(EVERYTHING, 'identity'));
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

  /** The role's keys become invalid with it, after the policy delay. */
  deleteRole(name: string): void {
    const role = this.known.get(name);
    if (!role) return;
    this.known.delete(name);
    this.byArn.set(role.arn, { role, gone: this.clock.now() + this.policyDelay });
  }

  /** A role that exists, or whose deletion is not in force yet. */
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

  /** Limits what every role of the account may do. There is `FullAWSAccess`, until it is deleted. */
  putServiceControlPolicy(name: string, document: PolicyDocument): void {
    this.servicePolicies.set(name, checked(document, 'identity'));
  }

  deleteServiceControlPolicy(name: string): void {
    this.servicePolicies.delete(name);
  }

  attach(roleName: string, policyArn: string): void {
    if (!this.managedPolicies.has(policyArn)) {
      const hint = policyArn.startsWith('arn:aws:iam::aws:') ? ` Of AWS's managed policies, the local IAM has ${Object.keys(AWS_MANAGED_POLICIES).join(', ')}.` : '';
      throw noSuchEntity(`Policy ${policyArn} does not exist or is not attachable.${hint}`);
    }
    this.role(roleName).managed.set(policyArn, true);
  }

  detach(roleName: string, policyArn: string): void {
    this.known.get(roleName)?.managed.delete(policyArn);
  }

  /** The same principal always gets the same key. A role that is made again gets its old key. */
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
   * - `anything`: the deployer, CloudFormation, and keys that are not from this registry.
   * - `nothing`: the role does not exist, or no longer.
   */
  rightsOf(caller: Caller): 'anything' | 'nothing' | 'by policy' {
    const principal = this.principalOf(caller);
    if (!principal) return KEY.test(caller.accessKeyId) ? 'nothing' : 'anything';
    if (this.deployers.has(principal.roleArn)) return 'anything';
    return this.roleOf(principal.roleArn) ? 'by policy' : 'nothing';
  }

  /** All policies of a role that are in force. Undefined if there is no such role. */
  policiesOf(roleArn: string): Policy[] | undefined {
    const role = this.roleOf(roleArn);
    if (!role) return undefined;
    const managed = role.managed.allEffective().flatMap(([policyArn]) => this.managedPolicies.effective(policyArn) ?? []);
    return [...role.inline.effective(), ...managed];
  }

  /** For services that act in somebody's name. A refusal is added to the denials. */
  allows(principal: Principal, request: AuthorizationRequest): boolean {
    return this.refusal(principal, request) === undefined;
  }

  /** The denial, or undefined if the principal is allowed. A refusal is added to the denials. */
  refusal(principal: Principal, request: AuthorizationRequest): Denial | undefined {
    if (this.deployers.has(principal.roleArn)) return undefined;
    const { action, resource, resourcePolicy } = request;
    const policies = this.policiesOf(principal.roleArn);
    const context = { ...this.globalContext(principal), ...request.context };
    const full = { asker: askerOf(principal), action, resource, context };
    const limits = this.servicePolicies.allEffective().map(([, policy]) => policy);
    const decision = policies && decide(full, policies, resourcePolicy, limits);
    if (decision?.allowed) return undefined;
    const reason = !decision ? `the role ${principal.roleArn} does not exist`
      : decision.explicit ? `an explicit deny in ${BY[decision.by].one}` : `no ${BY[decision.by].any} allows the ${action} action`;
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
      'aws:SecureTransport': 'true', // as in AWS: policies should not fail because the local endpoint has no TLS
      'aws:ViaAWSService': 'false',
    };
  }
}

const BY = {
  identity: { one: 'an identity-based policy', any: 'identity-based policy' },
  resource: { one: 'a resource-based policy', any: 'resource-based policy' },
  organization: { one: 'a service control policy', any: 'service control policy' },
};
