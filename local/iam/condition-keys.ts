import { unsupported } from './errors';
import type { Policy, Statement } from './policy';

/** Keys of every request. `aws:SourceArn` and `aws:SourceAccount` are known, but only services that call in their own name have them. */
export const GLOBAL_KEYS = [
  'aws:CurrentTime', 'aws:EpochTime', 'aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:PrincipalType', 'aws:RequestedRegion',
  'aws:SecureTransport', 'aws:SourceAccount', 'aws:SourceArn', 'aws:ViaAWSService',
];

/** The keys of requests to each service, as far as the service knows them. `/*` stands for any tag. */
export const SERVICE_KEYS: Readonly<Record<string, readonly string[]>> = {
  cloudformation: [],
  dynamodb: ['dynamodb:LeadingKeys'],
  kms: [
    'kms:CallerAccount', 'kms:EncryptionContext:aws:s3:arn', 'kms:GranteePrincipal', 'kms:GrantIsForAWSResource', 'kms:GrantOperations', 'kms:KeyOrigin',
    'kms:KeySpec',
    'kms:KeyUsage', 'kms:MultiRegion', 'kms:RequestAlias', 'kms:ResourceAliases', 'kms:RetiringPrincipal', 'kms:ViaService',
  ],
  lambda: [],
  logs: [],
  s3: ['s3:delimiter', 's3:max-keys', 's3:prefix'],
  ssm: [],
  states: [],
  sts: ['sts:ExternalId', 'sts:RoleSessionName'],
  tag: [], // in policies
  tagging: [], // as it signs
  workspaces: ['aws:RequestTag/*', 'aws:ResourceTag/*', 'aws:TagKeys'],
};

/** Keys with several values. An operator must say whether it means any or all of them. */
const MULTIVALUED = ['aws:TagKeys', 'dynamodb:LeadingKeys', 'kms:GrantOperations', 'kms:ResourceAliases'].map((key) => key.toLowerCase());

/**
 * Refuses conditions on keys that no request to the local cloud has. The evaluator would treat such a key as missing. Then `ForAllValues`,
 * `IfExists` and negated conditions would hold.
 */
export function checkConditionKeys(policy: Policy): void {
  for (const statement of policy.statements) {
    for (const { operator, key, quantifier } of statement.conditions) {
      if (!isKnown(key, statement)) throw unsupported(`the condition key ${key} for ${statement.actions.join(', ')}`);
      if (MULTIVALUED.includes(key.toLowerCase()) && !quantifier && operator !== 'Null') {
        throw unsupported(`${operator} on ${key}, which has several values: write ForAnyValue:${operator} or ForAllValues:${operator}`);
      }
    }
  }
}

/** A key of a service that the local cloud does not have is allowed: no request ever asks for its actions. */
function isKnown(key: string, { actions }: Statement): boolean {
  const services = actions.map((action) => action.split(':')[0].toLowerCase());
  if (GLOBAL_KEYS.some((known) => known.toLowerCase() === key.toLowerCase())) return true;
  if (services.some((service) => service !== '*' && !Object.hasOwn(SERVICE_KEYS, service))) return true;
  const keys = services.flatMap((service) => (service === '*' ? Object.values(SERVICE_KEYS).flat() : SERVICE_KEYS[service]));
  return keys.some((known) => (
    known.endsWith('/*') ? key.toLowerCase().startsWith(known.slice(0, -1).toLowerCase()) : known.toLowerCase() === key.toLowerCase()
  ));
}
