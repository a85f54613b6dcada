import { listOf, ServiceRequests } from './requests';
import { ACCOUNT, arn } from '../../core/account';
import type { KmsKey, KmsService } from '../../kms';
import type { Context } from '../condition';
import type { AuthorizationRequest } from '../registry';

export type KmsFacts = Pick<KmsService, 'resolve' | 'aliasesOf' | 'policyOf'>;

const ON_KEY = [
  'DescribeKey', 'EnableKey', 'DisableKey', 'GetKeyPolicy', 'PutKeyPolicy', 'ScheduleKeyDeletion', 'ListGrants',
];

export function kmsRequests(kms: KmsFacts): ServiceRequests {
  return {
    ...Object.fromEntries(ON_KEY.map((operation) => [operation, ({ input }: { input: any }) => onNamedKey(kms, operation, input.KeyId)])),
    CreateGrant: ({ input }) => onNamedKey(kms, 'CreateGrant', input.KeyId, {
      'kms:GrantIsForAWSResource': 'false', // only services make such grants
      'kms:GrantOperations': listOf(input.Operations).map(String),
      ...(input.GranteePrincipal !== undefined && { 'kms:GranteePrincipal': String(input.GranteePrincipal) }),
      ...(input.RetiringPrincipal !== undefined && { 'kms:RetiringPrincipal': String(input.RetiringPrincipal) }),
    }),
    CreateKey: () => [{ action: 'kms:CreateKey', resource: '*' }],
    CreateAlias: ({ input }) => onAlias(kms, 'CreateAlias', input.AliasName, input.TargetKeyId),
    DeleteAlias: ({ input }) => onAlias(kms, 'DeleteAlias', input.AliasName, input.AliasName),
    ListAliases: () => [{ action: 'kms:ListAliases', resource: '*' }],
  };
}

/** The permission for an operation on one key. The key's policy must allow it, too. */
export function onKey(kms: KmsFacts, operation: string, key: KmsKey, context: Context = {}): AuthorizationRequest {
  return {
    action: `kms:${operation}`,
    resource: key.arn,
    context: {
      'kms:CallerAccount': ACCOUNT,
      'kms:KeyOrigin': 'AWS_KMS',
      'kms:KeySpec': key.spec,
      'kms:KeyUsage': key.usage,
      'kms:MultiRegion': String(key.multiRegion),
      'kms:ResourceAliases': kms.aliasesOf(key.keyId),
      ...context,
    },
    resourcePolicy: kms.policyOf(key.keyId),
  };
}

/** A key that does not exist has no policy. The service itself says that it does not exist. */
function onNamedKey(kms: KmsFacts, operation: string, name: unknown, context: Context = {}): AuthorizationRequest[] {
  const key = typeof name === 'string' ? kms.resolve(name) : undefined;
  if (!key) return [];
  const alias = /(?:^|:)(alias\/.+)$/.exec(String(name))?.[1];
  return [onKey(kms, operation, key, { ...(operation === 'DescribeKey' && alias !== undefined && { 'kms:RequestAlias': alias }), ...context })];
}

/** Permissions on both the alias and its key. Aliases have no policies. */
function onAlias(kms: KmsFacts, operation: string, aliasName: unknown, keyName: unknown): AuthorizationRequest[] {
  return [
    { action: `kms:${operation}`, resource: arn('kms', String(aliasName)), context: { 'kms:CallerAccount': ACCOUNT } },
    ...onNamedKey(kms, operation, keyName),
  ];
}
