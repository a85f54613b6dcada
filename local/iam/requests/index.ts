import { CloudFormationFacts, cloudformationRequests } from './cloudformation';
import { DynamoDbFacts, dynamodbRequests } from './dynamodb';
import { KmsFacts, kmsRequests } from './kms';
import { lambdaRequests } from './lambda';
import type { ServiceRequests } from './requests';
import { S3Facts, s3Requests } from './s3';
import { ssmRequests } from './ssm';
import { statesRequests } from './states';
import { StsFacts, stsRequests } from './sts';
import { taggingRequests } from './tagging';
import { WorkspacesFacts, workspacesRequests } from './workspaces';

export { logRequests } from './logs';
export type { ServiceRequests } from './requests';

/** The state of services that permissions depend on. */
export interface Facts {
  readonly cloudformation: CloudFormationFacts;
  readonly dynamodb: DynamoDbFacts;
  readonly kms: KmsFacts;
  readonly s3: S3Facts;
  readonly sts: StsFacts;
  readonly workspaces: WorkspacesFacts;
}

/** By signing name. */
export function allRequests(facts: Facts): Readonly<Record<string, ServiceRequests>> {
  return {
    cloudformation: cloudformationRequests(facts.cloudformation),
    dynamodb: dynamodbRequests(facts.dynamodb),
    kms: kmsRequests(facts.kms),
    lambda: lambdaRequests(),
    s3: s3Requests(facts.s3, facts.kms),
    ssm: ssmRequests(),
    states: statesRequests(),
    sts: stsRequests(facts.sts),
    tagging: taggingRequests(),
    workspaces: workspacesRequests(facts.workspaces),
  };
}
