import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ResourceFailure } from './errors';
import type { Json, JsonObject } from './json';

/** What a resource type is told about the resource that it makes, changes or deletes. */
export interface ResourceContext {
  readonly stackId: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  /** Aborted when the deployment has failed elsewhere: stop waiting. */
  readonly signal: AbortSignal;
}

export interface Provisioned {
  /** What `Ref` gives. */
  readonly physicalId: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes?: JsonObject;
}

export interface ResourceType {
  /** Whether only the resource itself can take a replacement back: it is asked to update from the new properties to the old ones. */
  readonly revertsReplacements?: boolean;
  create(context: ResourceContext, properties: JsonObject): Promise<Provisioned>;
  /**
   * Answers undefined, or is left out, where a change takes a new resource. Another physical id in the answer means a new one as well;
   * the old one is deleted after the deployment.
   */
  update?(context: ResourceContext, physicalId: string, properties: JsonObject, oldProperties: JsonObject): Promise<Provisioned | undefined>;
  delete(context: ResourceContext, physicalId: string, properties: JsonObject): Promise<void>;
}

/** `<stack>-<logicalId>-<suffix>`, shortened in the middle, as CloudFormation names what has no name. */
export function physicalName(context: ResourceContext, longest: number): string {
  const suffix = randomBytes(6).toString('hex').toUpperCase();
  const room = longest - suffix.length - 2;
  const logicalId = context.logicalId.slice(0, Math.max(room - context.stackName.length, Math.floor(room / 2)));
  return `${context.stackName.slice(0, room - logicalId.length)}-${logicalId}-${suffix}`;
}

/** Refuses a property that the local cloud does not have, so that nothing is ignored silently. */
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

/** CloudFormation does not tell 1 from "1". */
export function sameValue(a: Json, b: Json): boolean {
  return isDeepStrictEqual(withTextScalars(a), withTextScalars(b));
}

/** Every scalar as text, as custom resources get them. */
export function withTextScalars(value: Json): Json {
  if (Array.isArray(value)) return value.map(withTextScalars);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withTextScalars(member)]));
  }
  return value === null ? null : String(value);
}
