import { randomUUID } from 'node:crypto';
import type { EndpointClient } from '../core/client';
import type { Clock } from '../core/clock';
import { within } from '../core/waiting';
import type { CustomResourceAnswer, ResponseUrls } from '../response-url';
import { ResourceFailure } from './errors';
import type { JsonObject } from './json';
import { Provisioned, ResourceContext, ResourceType, withTextScalars } from './resource-type';

type RequestType = 'Create' | 'Update' | 'Delete';

const LONGEST_WAIT_SECONDS = 3_600;
const LONGEST_PHYSICAL_ID = 1_024;
const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+$/;

const VERBS: Readonly<Record<RequestType, string>> = { Create: 'creation', Update: 'update', Delete: 'deletion' };

export interface CustomResourceOptions {
  readonly clock: Clock;
  readonly client: EndpointClient;
  readonly responseUrls: ResponseUrls;
  /** CloudFormation's own access key. */
  readonly accessKeyId: string;
}

/** Custom::* and AWS::CloudFormation::CustomResource: a Lambda function does the work and sends its answer to a URL. */
export class CustomResourceType implements ResourceType {
  readonly revertsReplacements = true;
  /**
   * Whether all requests for one resource have the same RequestId. CloudFormation was seen to reuse a RequestId when a deployment was
   * repeated.
   */
  reuseRequestIds = false;
  /** Whether an Express deployment waits for the answers of custom resources. It is not known whether CloudFormation does. */
  awaitsInExpress = true;
  private readonly requestIds = new Map<string, string>();

  constructor(private readonly options: CustomResourceOptions) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    const invented = `${context.stackName}-${context.logicalId}-${randomUUID().replace(/-/g, '').slice(0, 12).toUpperCase()}`;
    return this.request(context, 'Create', { properties, unanswered: invented });
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned> {
    if (properties.ServiceToken !== oldProperties.ServiceToken) throw new ResourceFailure('Modifying service token is not allowed.', physicalId);
    return this.request(context, 'Update', { properties, oldProperties, physicalId, unanswered: physicalId });
  }

  async delete(context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void> {
    await this.request(context, 'Delete', { properties, physicalId, unanswered: physicalId });
  }

  private async request(context: ResourceContext, requestType: RequestType, details: Details): Promise<Provisioned> {
    const { properties, oldProperties, physicalId, unanswered } = details;
    const seconds = serviceTimeout(properties);
    const requestId = this.requestId(`${requestType} ${context.stackId} ${context.logicalId}`);
    const awaited = this.options.responseUrls.open({ stackId: context.stackId, logicalId: context.logicalId, requestId });
    await this.invoke(properties.ServiceToken, {
      RequestType: requestType,
      ServiceToken: properties.ServiceToken,
      ResponseURL: awaited.url,
      StackId: context.stackId,
      RequestId: requestId,
      LogicalResourceId: context.logicalId,
      ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
      ResourceType: context.type,
      ResourceProperties: withTextScalars(properties),
      ...(oldProperties && { OldResourceProperties: withTextScalars(oldProperties) }),
    });
    if (context.isExpress && !this.awaitsInExpress) {
      awaited.abandon();
      return { physicalId: unanswered };
    }
    const outcome = await this.outcome(awaited.answer, seconds, context.signal);
    awaited.abandon();

    if (!outcome) {
      const message = `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`;
      throw new ResourceFailure(message, unanswered);
    }
    if (outcome.value === 'cancelled') throw new ResourceFailure(`Resource ${VERBS[requestType]} cancelled`, unanswered);
    return provisioned(outcome.value, { requestType, requestId, unanswered });
  }

  private requestId(request: string): string {
    const requestId = (this.reuseRequestIds && this.requestIds.get(request)) || randomUUID();
    this.requestIds.set(request, requestId);
    return requestId;
  }

  /** Undefined if no answer came in time. */
  private async outcome(answer: Promise<CustomResourceAnswer>, seconds: number, signal: AbortSignal) {
    let cancel = (): void => undefined;
    const cancelled = new Promise<'cancelled'>((resolve) => { cancel = () => resolve('cancelled'); });
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel);
    try {
      return await within(this.options.clock, seconds * 1_000, Promise.race([answer, cancelled]));
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  private async invoke(serviceToken: unknown, event: object): Promise<void> {
    if (typeof serviceToken !== 'string' || !FUNCTION_ARN.test(serviceToken)) {
      throw new ResourceFailure(`ServiceToken must be the ARN of a Lambda function, got ${JSON.stringify(serviceToken)}`);
    }
    const reply = await this.options.client.send({
      service: 'lambda',
      accessKeyId: this.options.accessKeyId,
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(serviceToken)}/invocations`,
      headers: { 'x-amz-invocation-type': 'Event' },
      body: JSON.stringify(event),
    });
    if (reply.status !== 202) throw new ResourceFailure(`Invoking ${serviceToken} failed with status ${reply.status}: ${reply.body.toString('utf8')}`);
  }
}

interface Details {
  readonly properties: JsonObject;
  readonly oldProperties?: JsonObject;
  readonly physicalId?: string;
  /** The physical id to use if the answer has none. */
  readonly unanswered: string;
}

function serviceTimeout({ ServiceTimeout = LONGEST_WAIT_SECONDS }: JsonObject): number {
  const seconds = Number(ServiceTimeout);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_WAIT_SECONDS) return seconds;
  throw new ResourceFailure(`ServiceTimeout must be from 1 to ${LONGEST_WAIT_SECONDS} seconds, got ${JSON.stringify(ServiceTimeout)}`);
}

function provisioned(
  answer: CustomResourceAnswer,
  { requestType, requestId, unanswered }: { requestType: RequestType; requestId: string; unanswered: string },
): Provisioned {
  const physicalId = answer.PhysicalResourceId;
  if (answer.Status === 'FAILED') {
    const reason = answer.Reason === 'Response object is too long.'
      ? answer.Reason
      : `Received response status [FAILED] from custom resource. Message returned: ${answer.Reason} (RequestId: ${requestId})`;
    // The physical id that a failed update answers is ignored.
    throw new ResourceFailure(reason, requestType === 'Create' ? physicalId || unanswered : unanswered, true);
  }
  if (typeof physicalId !== 'string' || physicalId === '' || physicalId.length > LONGEST_PHYSICAL_ID) {
    throw new ResourceFailure('Invalid PhysicalResourceId', unanswered);
  }
  return { physicalId, attributes: (answer.Data ?? {}) as JsonObject };
}
