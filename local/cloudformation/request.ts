import { deploymentModeOf, type DeploymentModeInput } from './deployment-mode';
import { validationError } from './errors';
import { evaluate, holds } from './intrinsics';
import type { Json } from './json';
import { rollbackConfigurationOf, type RollbackConfigurationInput } from './rollback-triggers';
import type { Stack, DesiredStack } from './stack';
import { StackScope } from './stack-scope';
import { parseTemplate, Template } from './template';
import { ServiceError } from '../core/service';

/** The members that CreateStack, UpdateStack and CreateChangeSet share. */
export interface DeploymentRequest extends DeploymentModeInput {
  readonly StackName?: string;
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: string;
  readonly Parameters?: { ParameterKey: string; ParameterValue?: string; UsePreviousValue?: string }[] | '';
  readonly Tags?: { Key: string; Value: string }[] | '';
  readonly Capabilities?: string[] | '';
  readonly RoleARN?: string;
  readonly RollbackConfiguration?: RollbackConfigurationInput;
  readonly ClientRequestToken?: string;
}

export interface Sources {
  /** An object of the local S3. */
  object(bucket: string, key: string): Buffer;
  ssmParameter(name: string): string | undefined;
  isKnownType(type: string): boolean;
}

const SSM_TYPE = 'AWS::SSM::Parameter::Value<String>';

/** Checks a request, and returns everything that its deployment needs. */
export function desiredStackOf(request: DeploymentRequest, stack: Stack, sources: Sources): DesiredStack {
  const templateBody = bodyOf(request, stack, sources);
  const template = parseTemplate(templateBody, sources.isKnownType);
  const capabilities = request.Capabilities || [];
  requireCapabilities(template, capabilities);
  const rawParameters = rawParametersOf(request, template, stack);
  const typedParameters = Object.entries(template.Parameters).map(([name, { Type }]) => [name, typed(name, Type, rawParameters[name], sources)]);
  const parameters: Record<string, Json> = Object.fromEntries(typedParameters);
  const rollbackConfiguration = rollbackConfigurationOf(request.RollbackConfiguration, stack.latest?.rollbackConfiguration);
  const tags = request.Tags || [];
  const mode = deploymentModeOf(request);
  const desired = { template, templateBody, parameters, rawParameters, tags, capabilities, roleArn: request.RoleARN, rollbackConfiguration, mode };
  checkRules(stack, desired);
  return desired;
}

function bodyOf(request: DeploymentRequest, stack: Stack, sources: Sources): string {
  if (request.TemplateBody) return request.TemplateBody;
  if (request.UsePreviousTemplate === 'true' && stack.current) return stack.current.templateBody;
  if (!request.TemplateURL) throw validationError('Either Template URL or Template Body must be specified.');
  const { bucket, key } = s3Address(request.TemplateURL);
  try {
    return sources.object(bucket, key).toString('utf8');
  } catch (error) {
    throw validationError(`S3 error: ${(error as Error).message} (${request.TemplateURL})`);
  }
}

/** `https://<bucket>.s3.<region>.amazonaws.com/<key>`, or `<any host>/<bucket>/<key>`. */
function s3Address(url: string): { bucket: string; key: string } {
  const { hostname, pathname } = new URL(url);
  const virtualHost = /^(.+)\.s3[.-].*amazonaws\.com$/.exec(hostname)?.[1];
  const segments = pathname.slice(1).split('/').map(decodeURIComponent);
  return virtualHost ? { bucket: virtualHost, key: segments.join('/') } : { bucket: segments[0], key: segments.slice(1).join('/') };
}

function requireCapabilities(template: Template, capabilities: readonly string[]): void {
  const makesIam = Object.values(template.Resources).some(({ Type }) => Type.startsWith('AWS::IAM::'));
  if (!makesIam || capabilities.some((capability) => capability === 'CAPABILITY_IAM' || capability === 'CAPABILITY_NAMED_IAM')) return;
  throw new ServiceError('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_IAM]');
}

function rawParametersOf(request: DeploymentRequest, template: Template, stack: Stack): Record<string, string> {
  const given = new Map((request.Parameters || []).map((parameter) => [parameter.ParameterKey, parameter]));
  const unknown = [...given.keys()].filter((name) => !Object.hasOwn(template.Parameters, name));
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);

  const missing: string[] = [];
  const raw = Object.entries(template.Parameters).map(([name, definition]) => {
    const { ParameterValue, UsePreviousValue } = given.get(name) ?? {};
    const value = UsePreviousValue === 'true' ? stack.current?.rawParameters[name] : ParameterValue ?? definition.Default;
    if (value === undefined) missing.push(name);
    if (value !== undefined && definition.AllowedValues && !definition.AllowedValues.map(String).includes(String(value))) {
      throw validationError(`Parameter '${name}' must be one of AllowedValues ${definition.AllowedValues.join(', ')}, got ${JSON.stringify(value)}`);
    }
    return [name, Array.isArray(value) ? value.join(',') : String(value)];
  });
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(raw);
}

function typed(name: string, type: string, value: string, sources: Sources): Json {
  if (type === SSM_TYPE) {
    const resolved = sources.ssmParameter(value);
    if (resolved === undefined) throw validationError(`Unable to fetch parameters [${value}] from parameter store for this account.`);
    return resolved;
  }
  if (type === 'CommaDelimitedList' || type.startsWith('List<')) return value === '' ? [] : value.split(',').map((element) => element.trim());
  if (type === 'String' || type === 'Number' || /^AWS::(?!SSM::)/.test(type)) return value;
  throw validationError(`Template format error: parameter ${name} has type ${type}; the local cloud has String, Number, lists, AWS-specific types and ${SSM_TYPE}`);
}

function checkRules(stack: Stack, desired: DesiredStack): void {
  const scope = new StackScope(stack, desired, () => undefined);
  for (const [name, rule] of Object.entries(desired.template.Rules)) {
    const others = Object.keys(rule).filter((key) => key !== 'Assertions');
    if (others.length > 0) throw validationError(`Template format error: rule ${name} has ${others.join(', ')}; the local cloud has only Assertions`);
    for (const { Assert, AssertDescription } of rule.Assertions) {
      if (!holds(evaluate(Assert, scope), scope)) throw validationError(`Template error: rule ${name} is violated: ${AssertDescription ?? JSON.stringify(Assert)}`);
    }
  }
}
