import type { Policy, PolicyDocument } from './policy';
import { checked } from './role';
import { PARTITION } from '../core/account';
import { ServiceError } from '../core/service';

/** Reads a key policy before it is stored. Throws as KMS does. */
export function checkedKeyPolicy(document: PolicyDocument): Policy {
  try {
    return checked(document, 'resource');
  } catch (error) {
    throw error instanceof ServiceError ? new ServiceError('MalformedPolicyDocumentException', error.message) : error;
  }
}

/** The policy of a key that was made without one. */
export function accountDecides(account: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [{ Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: root(account) }, Action: 'kms:*', Resource: '*' }],
  };
}

/** The policy of a key that AWS made for a service: everybody in the account may use it, but only through the service. */
export function managedKeyPolicy(account: string, service: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:ListGrants', 'kms:DescribeKey'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': service } },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: root(account) },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  };
}

function root(account: string): string {
  return `arn:${PARTITION}:iam::${account}:root`;
}
