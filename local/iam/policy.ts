import { Condition, isObject, parseConditions, refuseVariables } from './condition';
import { malformed } from './errors';
import { arnFields, arnMatches, globMatches } from './match';
import { ACCOUNT, PARTITION } from '../core/account';

/** A policy as a template has it. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Id?: string;
  readonly Statement: object | object[];
}

/**
 * - `identity`: what its role may do.
 * - `resource`: who may do what with its resource.
 * - `trust`: who may assume its role.
 */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** A policy that was read completely. */
export interface Policy {
  readonly document: PolicyDocument;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** As written, of Action or NotAction. */
  readonly actions: readonly string[];
  readonly coversAction: (action: string) => boolean;
  readonly coversResource: (resource: string) => boolean;
  /** Absent in an identity policy. */
  readonly principals?: { readonly listed: readonly ListedPrincipal[]; readonly others: boolean };
  readonly conditions: readonly Condition[];
}

/** An entry of a Principal element: anybody, an account, a role or its session by ARN, or a service. */
export interface ListedPrincipal { readonly kind: 'anybody' | 'account' | 'arn' | 'service' | 'elsewhere'; readonly name: string }

const MEMBERS = ['Version', 'Id', 'Statement'];
const VERSIONS = ['2012-10-17', '2008-10-17'];
const STATEMENT_MEMBERS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition'];

/** Reads a policy. Throws MalformedPolicyDocument for what IAM refuses, and for what the local IAM does not know. */
export function parsePolicy(document: PolicyDocument, kind: PolicyKind): Policy {
  if (!isObject(document)) throw syntaxError(`a policy must be an object, got ${JSON.stringify(document)}`);
  refuseOthers('a policy', document, MEMBERS);
  if (document.Version !== undefined && !VERSIONS.includes(document.Version)) {
    throw syntaxError(`Version must be one of ${VERSIONS.join(', ')}, got ${JSON.stringify(document.Version)}`);
  }
  const elements = [document.Statement ?? []].flat();
  if (elements.length === 0) throw syntaxError('a policy must have at least one Statement');
  const statements = elements.map((element) => parseStatement(element, kind));
  const sids = statements.flatMap(({ sid }) => sid || []);
  if (new Set(sids).size < sids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  return { document, statements };
}

function parseStatement(element: unknown, kind: PolicyKind): Statement {
  if (!isObject(element)) throw syntaxError(`a Statement must be an object, got ${JSON.stringify(element)}`);
  refuseOthers('a Statement', element, STATEMENT_MEMBERS);
  const { Sid: sid, Effect: effect } = element;
  if (sid !== undefined && (typeof sid !== 'string' || (kind !== 'resource' && !/^[A-Za-z0-9]*$/.test(sid)))) {
    throw malformed(`Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*, got ${JSON.stringify(sid)}`);
  }
  if (effect !== 'Allow' && effect !== 'Deny') throw syntaxError(`Effect must be Allow or Deny, got ${JSON.stringify(effect)}`);
  const actions = parseActions(element);
  return {
    sid,
    effect,
    ...actions,
    coversResource: parseResources(element, kind),
    principals: parsePrincipals(element, kind, effect),
    conditions: element.Condition === undefined ? [] : parseConditions(element.Condition),
  };
}

function parseActions(element: Record<string, unknown>): Pick<Statement, 'actions' | 'coversAction'> {
  const { patterns, others } = oneOf(element, 'Action', 'actions');
  for (const pattern of patterns) {
    if (pattern !== '*' && !/^[a-z0-9-]+:[\w*?]+$/i.test(pattern)) {
      throw malformed(`Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc., got ${JSON.stringify(pattern)}`);
    }
  }
  const lowered = patterns.map((pattern) => pattern.toLowerCase());
  return { actions: patterns, coversAction: (action) => lowered.some((pattern) => globMatches(pattern, action.toLowerCase())) !== others };
}

function parseResources(element: Record<string, unknown>, kind: PolicyKind): Statement['coversResource'] {
  if (kind === 'trust') {
    for (const member of ['Resource', 'NotResource']) if (element[member] !== undefined) throw malformed(`Has prohibited field ${member}`);
    return () => true;
  }
  const { patterns, others } = oneOf(element, 'Resource', 'resources');
  patterns.forEach(checkResource);
  return (resource) => patterns.some((pattern) => arnMatches(pattern, resource)) !== others;
}

function checkResource(pattern: string): void {
  if (pattern === '*') return;
  refuseVariables(pattern, 'Resource');
  const [prefix, partition, vendor] = arnFields(pattern);
  if (prefix !== 'arn' || vendor === undefined) throw malformed(`Resource ${pattern} must be in ARN format or "*".`);
  if (/[*?]/.test(partition)) throw malformed(`Partition "${partition}" is not valid for resource "${pattern}".`);
  if (/[*?]/.test(vendor)) throw malformed(`Resource vendor must be fully qualified and cannot contain regexes, got ${JSON.stringify(pattern)}`);
}

function parsePrincipals(element: Record<string, unknown>, kind: PolicyKind, effect: Statement['effect']): Statement['principals'] {
  const { Principal, NotPrincipal } = element;
  if (kind === 'identity') {
    if (Principal !== undefined || NotPrincipal !== undefined) throw malformed('Policy document should not specify a principal.');
    return undefined;
  }
  if ((Principal === undefined) === (NotPrincipal === undefined)) throw malformed('Missing required field Principal');
  if (NotPrincipal !== undefined && (effect === 'Allow' || kind === 'trust')) {
    throw malformed('NotPrincipal is not supported with "Effect": "Allow", nor in a trust policy: name those who are allowed in Principal instead');
  }
  return { listed: listPrincipals(Principal ?? NotPrincipal), others: NotPrincipal !== undefined };
}

function listPrincipals(element: unknown): ListedPrincipal[] {
  if (element === '*') return [{ kind: 'anybody', name: '*' }];
  if (!isObject(element)) throw malformed(`Invalid principal in policy: ${JSON.stringify(element)}`);
  return Object.entries(element).flatMap(([type, names]) => texts(names, `Principal ${type}`).map((name) => listPrincipal(type, name)));
}

function listPrincipal(type: string, name: string): ListedPrincipal {
  switch (type) {
    case 'Service': return { kind: 'service', name };
    case 'Federated':
    case 'CanonicalUser': return { kind: 'elsewhere', name };
    case 'AWS': {
      if (name === '*') return { kind: 'anybody', name };
      const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
      if (account) return { kind: 'account', name: account };
      if (new RegExp(`^arn:${PARTITION}:(iam|sts)::\\d{12}:(role|user|assumed-role)/[^*?]+$`).test(name)) return { kind: 'arn', name };
    }
  }
  throw malformed(`Invalid principal in policy: ${JSON.stringify({ [type]: name })}; write for example "arn:${PARTITION}:iam::${ACCOUNT}:root"`);
}

/** Reads `Action` or `NotAction`, and so on. Exactly one of the two is required, and not empty. */
function oneOf(element: Record<string, unknown>, member: 'Action' | 'Resource', what: string): { patterns: string[]; others: boolean } {
  const negated = element[`Not${member}`];
  if (element[member] !== undefined && negated !== undefined) throw syntaxError(`a Statement must not have both ${member} and Not${member}`);
  const patterns = texts(element[member] ?? negated ?? [], member);
  if (patterns.length === 0) throw malformed(`Policy statement must contain ${what}.`);
  return { patterns, others: negated !== undefined };
}

function texts(element: unknown, where: string): string[] {
  return [element].flat().map((value) => {
    if (typeof value !== 'string') throw syntaxError(`${where} must be a text or a list of texts, got ${JSON.stringify(value)}`);
    return value;
  });
}

function refuseOthers(what: string, element: object, allowed: readonly string[]): void {
  const others = Object.keys(element).filter((name) => !allowed.includes(name));
  if (others.length > 0) throw syntaxError(`${what} must not have ${others.join(', ')}; it may have ${allowed.join(', ')}`);
}

function syntaxError(detail: string): Error {
  return malformed(`Syntax errors in policy. (${detail})`);
}
