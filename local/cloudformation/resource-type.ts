import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ResourceFailure } from './errors';
import type { Json, JsonObject } from './json';

/** What a resource type knows of the resource that it creates, changes or deletes. */
export interface ResourceContext {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Whether the deployment is an Express one. */
  readonly isExpress: boolean;
  /** Aborted when another resource of the deployment has failed: stop waiting. */
  readonly signal: AbortSignal;
}

export interface Provisioned {
  /** The result of `Ref`. */
  readonly physicalId: string;
  /** The results of `Fn::GetAtt`. */
  readonly attributes?: JsonObject;
}

export interface ResourceType {
  /** Whether only the resource itself can undo a replacement: a rollback asks it to update from the new properties to the old ones. */
  readonly revertsReplacements?: boolean;
  create(context: ResourceContext, properties: JsonObject): Promise<Provisioned>;
  /**
   * Returns undefined, or is missing, if a change needs a new resource. Another physical id in the answer also means a new resource.
   * The old one is deleted after the deployment.
   */
  update?(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined>;
  delete(context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void>;
}

/** `<stack>-<logicalId>-<suffix>`, shortened in the middle: the name that CloudFormation gives to a resource without a name. */
export function physicalName(context: ResourceContext, longest: number): string {
  const suffix = randomBytes(6).toString('hex').toUpperCase();
  const room = longest - suffix.length - 2;
  const logicalId = context.logicalId.slice(0, Math.max(room - context.stackName.length, Math.floor(room / 2)));
  return `${context.stackName.slice(0, room - logicalId.length)}-${logicalId}-${suffix}`;
}

/** Refuses a property that the local cloud does not have. Nothing may be ignored silently. */
export function allowOnly(context: ResourceContext, properties: JsonObject, allowed: readonly string[]): void {
  const others = Object.keys(properties).filter((name) => !allowed.includes(name));
  if (others.length > 0) {
    throw new ResourceFailure(`the local cloud's ${context.type} does not have ${others.join(', ')}; it has ${allowed.join(', ')}`);
  }
}

/** The properties among `names` that differ. */
export function changed(properties: JsonObject, oldProperties: JsonObject, names: readonly string[]): string[] {
  return names.filter((name) => !sameValue(properties[name] ?? null, oldProperties[name] ?? null));
}

/** Whether two values are equal for CloudFormation, for which 1 equals "1". */
export function sameValue(a: Json, b: Json): boolean {
  return isDeepStrictEqual(withTextScalars(a), withTextScalars(b));
}

/** A value with every scalar as text, as custom resources receive it. */
export function withTextScalars(value: Json): Json {
  if (Array.isArray(value)) return value.map(withTextScalars);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTextScalars(member)]));
  }
  return value === null ? null : String(value);
}
