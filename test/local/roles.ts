import type { IamRegistry } from '../../local/iam';

const LAMBDA_MAY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };

/** A role for functions that a test deploys without a stack. @param statements what it may do. @default - everything. @returns its ARN */
export function makeRole(iam: IamRegistry, name: string, ...statements: object[]): string {
  const { arn } = iam.createRole(name, LAMBDA_MAY);
  const Statement = statements.length > 0 ? statements : [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  iam.putInlinePolicy(name, 'inline', { Version: '2012-10-17', Statement });
  return arn;
}
