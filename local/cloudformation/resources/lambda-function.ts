import { arn } from '../../core/account';
import type { FunctionConfiguration } from '../../lambda/function-configuration';
import { ResourceFailure } from '../errors';
import type { JsonObject } from '../json';
import { allowOnly, changed, physicalName, Provisioned, ResourceContext, ResourceType } from '../resource-type';
import { optionalText, ResourcePorts } from './ports';

const PROPERTIES = [
  'Architectures', 'Code', 'Description', 'Environment', 'EphemeralStorage', 'FunctionName', 'Handler', 'LoggingConfig', 'MemorySize',
  'ReservedConcurrentExecutions', 'Role', 'Runtime', 'Tags', 'Timeout', 'TracingConfig',
];
const LONGEST_TIMEOUT = 900;

export class LambdaFunctionType implements ResourceType {
  constructor(private readonly ports: Pick<ResourcePorts, 'lambda' | 's3'>) {}

  async create(context: ResourceContext, properties: JsonObject): Promise<Provisioned> {
    const name = optionalText(properties.FunctionName) ?? physicalName(context, 64);
    if (this.ports.lambda.names.includes(name)) throw new ResourceFailure(`Function already exist: ${name}`);
    return this.put(context, name, properties);
  }

  async update(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined> {
    if (changed(properties, oldProperties, ['FunctionName']).length > 0) return undefined;
    return this.put(context, physicalId, properties);
  }

  async delete(_context: ResourceContext, physicalId: string): Promise<void> {
    this.ports.lambda.delete(physicalId);
  }

  private async put(context: ResourceContext, name: string, properties: JsonObject): Promise<Provisioned> {
    allowOnly(context, properties, PROPERTIES);
    const functionArn = arn('lambda', `function:${name}`);
    const { Variables = {} } = (properties.Environment ?? {}) as { Variables?: JsonObject };
    const concurrency = properties.ReservedConcurrentExecutions;
    await this.ports.lambda.put({
      name,
      arn: functionArn,
      runtime: runtimeOf(properties),
      handler: String(properties.Handler),
      roleArn: String(properties.Role),
      timeoutSeconds: timeoutOf(properties),
      memoryMb: Number(properties.MemorySize ?? 128),
      environment: Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, String(value)])),
      description: optionalText(properties.Description) ?? '',
      logGroup: optionalText((properties.LoggingConfig as JsonObject | undefined)?.LogGroup),
      reservedConcurrency: concurrency === undefined ? undefined : Number(concurrency),
      code: this.codeOf(context, properties),
    });
    return { physicalId: name, attributes: { Arn: functionArn } };
  }

  private codeOf(context: ResourceContext, properties: JsonObject): FunctionConfiguration['code'] {
    const code = (properties.Code ?? {}) as JsonObject;
    if (typeof code.ZipFile === 'string') return { source: code.ZipFile };
    allowOnly(context, code, ['S3Bucket', 'S3Key']);
    return { archive: this.ports.s3.get(String(code.S3Bucket), String(code.S3Key)).content };
  }
}

function runtimeOf({ Runtime }: JsonObject): string {
  if (typeof Runtime === 'string' && Runtime.startsWith('nodejs')) return Runtime;
  throw new ResourceFailure(`Runtime must be a nodejs one in the local cloud, got ${JSON.stringify(Runtime)}`);
}

function timeoutOf({ Timeout = 3 }: JsonObject): number {
  const seconds = Number(Timeout);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_TIMEOUT) return seconds;
  throw new ResourceFailure(`Timeout must be from 1 to ${LONGEST_TIMEOUT} seconds, got ${JSON.stringify(Timeout)}`);
}
