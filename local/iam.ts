import { createHash } from 'node:crypto';
import { arn } from './core/account';
import type { Caller } from './core/service';

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: object | object[];
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: PolicyDocument;
  /** Policies written in the role itself, and those that AWS::IAM::Policy attaches: by name. */
  readonly inline: Map<string, PolicyDocument>;
  readonly managed: Set<string>;
}

/** Whom an access key belongs to. */
export interface Principal {
  readonly kind: 'function' | 'state-machine' | 'assumed-role';
  /** The function's or state machine's name, or the session's. */
  readonly name: string;
  readonly roleArn: string;
}

/** What IAM knows: roles, policies, and whose access key is whose. It decides nothing; a middleware may. */
export class IamRegistry {
  readonly roles = new Map<string, Role>();
  /** By ARN. */
  readonly managedPolicies = new Map<string, PolicyDocument>();
  private readonly principals = new Map<string, Principal>();

  createRole(name: string, trust: PolicyDocument): Role {
    if (this.roles.has(name)) throw new Error(`Role with name ${name} already exists.`);
    const role: Role = { name, arn: arn('iam', `role/${name}`), trust, inline: new Map(), managed: new Set() };
    this.roles.set(name, role);
    return role;
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (!role) throw new Error(`The role with name ${name} cannot be found.`);
    return role;
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

  /** Every document that grants something to a role. Undefined for a role that no stack has made, as those of the bootstrap. */
  policiesOf(roleArn: string): PolicyDocument[] | undefined {
    const role = [...this.roles.values()].find((candidate) => candidate.arn === roleArn);
    if (!role) return undefined;
    const managed = [...role.managed].flatMap((policyArn) => this.managedPolicies.get(policyArn) ?? []);
    return [...role.inline.values(), ...managed];
  }
}
