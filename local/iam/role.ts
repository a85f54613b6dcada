import { checkConditionKeys } from './condition-keys';
import { Delayed, Timing } from './delayed';
import { malformed } from './errors';
import { parsePolicy, Policy, PolicyDocument } from './policy';
import { ServiceError } from '../core/service';

/** The limit for all inline policies of a role together, without white space. */
const LONGEST_INLINE = 10_240;

const TRUST = 'trust';

/** A role whose policy changes are in force after the delay of `timing`. */
export class Role {
  /** Policies in the role itself, and those that AWS::IAM::Policy attaches, by name. */
  readonly inline: InlinePolicies;
  /** ARNs of the managed policies that are attached. */
  readonly managed: Delayed<true>;
  private readonly trusted: Delayed<Policy>;

  constructor(readonly name: string, readonly arn: string, trust: PolicyDocument, timing: Timing) {
    this.inline = new InlinePolicies(name, timing);
    this.managed = new Delayed(timing);
    // The trust policy of a new role is in force at once.
    this.trusted = new Delayed({ ...timing, delay: () => (this.trusted.has(TRUST) ? timing.delay(TRUST) : 0) });
    this.trust = trust;
  }

  /** The trust policy, as last written. */
  get trust(): PolicyDocument {
    return this.trusted.get(TRUST)!.document;
  }

  set trust(document: PolicyDocument) {
    this.trusted.set(TRUST, checked(document, 'trust'));
  }

  get effectiveTrust(): Policy {
    return this.trusted.effective(TRUST)!;
  }
}

/** A role's own policies by name. */
export class InlinePolicies {
  private readonly policies: Delayed<Policy>;

  constructor(private readonly roleName: string, timing: Timing) {
    this.policies = new Delayed(timing);
  }

  /** As last written. */
  get(name: string): PolicyDocument | undefined {
    return this.policies.get(name)?.document;
  }

  /** As last written. */
  names(): string[] {
    return this.policies.keys();
  }

  /** Throws MalformedPolicyDocument or LimitExceeded, and then changes nothing. */
  set(name: string, document: PolicyDocument): void {
    const policy = checked(document, 'identity');
    const all = [document, ...this.names().filter((other) => other !== name).map((other) => this.get(other)!)];
    if (all.reduce((sum, each) => sum + sizeOf(each), 0) > LONGEST_INLINE) {
      throw new ServiceError('LimitExceeded', `Maximum policy size of ${LONGEST_INLINE} bytes exceeded for role ${this.roleName}`, 409);
    }
    this.policies.set(name, policy);
  }

  delete(name: string): boolean {
    return this.policies.delete(name);
  }

  effective(): Policy[] {
    return this.policies.allEffective().map(([, policy]) => policy);
  }
}

/** Reads a policy before it is stored. */
export function checked(document: PolicyDocument | undefined, kind: 'identity' | 'resource' | 'trust'): Policy {
  if (document === undefined) throw malformed('Syntax errors in policy. (there is no policy document)');
  const policy = parsePolicy(document, kind);
  checkConditionKeys(policy);
  return policy;
}

/** The size as IAM counts it: white space does not count. */
export function sizeOf(document: PolicyDocument): number {
  return Buffer.byteLength(JSON.stringify(document).replace(/\s/g, ''));
}
