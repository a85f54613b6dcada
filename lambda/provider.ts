import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { WorkSpacesClient } from '@aws-sdk/client-workspaces';
import type { CdkCustomResourceIsCompleteResponse, CdkCustomResourceResponse, Context } from 'aws-lambda';
import { AwsWorkspacesApi } from './aws/aws-workspaces-api';
import { AwsKeysApi } from './aws/keys';
import { awsManifestStore } from './aws/manifest-store';
import { awsLastUpdate, awsLogicalIds, awsShowLastEvent, awsShowResource, awsStackStatus } from './aws/stack-status';
import { awsOwnedInIndex, awsTagIndex } from './aws/tag-index';
import { SECOND, systemClock } from './core/clock';
import { type AnyEvent, joinAny, stepOf } from './entries/by-type';
import { awsInvokeStep, checkComplete, GOES_ON_FOR } from './entries/is-complete';
import { requireOwnEvent } from './entries/own-event';
import { unlessDenied } from './entries/patience';
import { Lease } from './ledger/lease';
import { Ledger } from './ledger/ledger';
import { ManifestCopies } from './ledger/manifest-copies';
import { RemovalOrders } from './ledger/removal-orders';
import { SeenEvents } from './ledger/seen-events';
import { Transfers } from './ledger/transfers';
import { workFor } from './reconcile/run-step';
import type { Services } from './reconcile/services';
import type { JoinedEvent } from './request/events';
import { ENVIRONMENT, type HANDLERS, STEP_TIMEOUT_SECONDS, type StepResult } from '../src/private/contract';

// The entries of the Lambda functions: clients and wiring. A container makes clients once, and only those that its
// function needs.

const timeouts = { connectionTimeout: 3 * SECOND, requestTimeout: 15 * SECOND, throwOnRequestTimeout: true };
/** For services that answer at once, and whose calls the SDK makes up to three times: all three take no longer than one of WorkSpaces. */
const quickly = { connectionTimeout: 1 * SECOND, requestTimeout: 4 * SECOND, throwOnRequestTimeout: true };
let services: Services | undefined;

export async function onEvent(event: AnyEvent): Promise<CdkCustomResourceResponse> {
  requireOwnEvent(event, environment('stackId'));
  const seenEvents = new SeenEvents(new DynamoDBClient({ requestHandler: timeouts }), environment('tableName'));
  return unlessDenied(systemClock, event, environment('logGroupName'), () => joinAny({ clock: systemClock, seenEvents }, event));
}

export async function isComplete(event: JoinedEvent, context: Context): Promise<CdkCustomResourceIsCompleteResponse> {
  requireOwnEvent(event, environment('stackId'));
  // Only one try: a second step would run beside the first. No request timeout: a step has its own.
  const client = new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 3 * SECOND } });
  // The last step must have time to finish.
  const mayGoOnFor = Math.min(GOES_ON_FOR, context.getRemainingTimeInMillis() - (STEP_TIMEOUT_SECONDS + 30) * SECOND);
  return checkComplete(awsInvokeStep(client, environment('stepFunctionName')), systemClock, event, environment('logGroupName'), systemClock.now() + mayGoOnFor);
}

export async function step(event: AnyEvent, context: Context): Promise<StepResult> {
  requireOwnEvent(event, environment('stackId'));
  services ??= makeServices();
  return stepOf(services, event, context.awsRequestId, systemClock.now() + workFor(context.getRemainingTimeInMillis()));
}

function makeServices(): Services {
  const dynamo = new DynamoDBClient({ requestHandler: timeouts });
  const cloudFormation = new CloudFormationClient({ requestHandler: quickly });
  const tagging = new ResourceGroupsTaggingAPIClient({ requestHandler: quickly });
  // We repeat WorkSpaces calls ourselves: every try waits for the pace, and a lost create is looked up, not repeated.
  const workspaces = new WorkSpacesClient({ maxAttempts: 1, requestHandler: timeouts });
  return {
    clock: systemClock,
    ledger: new Ledger(dynamo, environment('tableName')),
    seenEvents: new SeenEvents(dynamo, environment('tableName')),
    manifestCopies: new ManifestCopies(dynamo, environment('tableName')),
    removalOrders: new RemovalOrders(dynamo, environment('tableName')),
    transfers: new Transfers(dynamo, environment('tableName')),
    lease: new Lease(dynamo, environment('tableName'), systemClock, Number(environment('stepTimeoutSeconds')) * SECOND),
    workspaces: (pace, time) => new AwsWorkspacesApi(workspaces, pace, systemClock, time),
    tagIndex: awsTagIndex(tagging),
    ownedInIndex: awsOwnedInIndex(tagging),
    keys: new AwsKeysApi(new KMSClient({ requestHandler: quickly })),
    readManifest: awsManifestStore(new S3Client({ requestHandler: quickly })),
    stackStatus: awsStackStatus(cloudFormation),
    lastUpdate: awsLastUpdate(cloudFormation),
    showResource: awsShowResource(cloudFormation),
    logicalIds: awsLogicalIds(cloudFormation),
    showLastEvent: awsShowLastEvent(cloudFormation),
    logGroupName: environment('logGroupName'),
  };
}

function environment(name: keyof typeof ENVIRONMENT): string {
  const value = process.env[ENVIRONMENT[name]];
  if (!value) throw new Error(`the environment variable ${ENVIRONMENT[name]} of this function is not set`);
  return value;
}

/** Does not compile if an entry that the construct names is missing. */
export type Entries = { [name in keyof typeof HANDLERS]: (event: never, context: never) => Promise<unknown> };
({ onEvent, isComplete, step }) satisfies Entries;
