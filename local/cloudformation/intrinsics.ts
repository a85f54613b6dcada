import { validationError } from './errors';
import type { Json, JsonObject } from './json';
import { attributeReference, intrinsicOf, PLACEHOLDER } from './references';
import type { Template } from './template';

/** What references mean. */
export interface Scope {
  readonly template: Pick<Template, 'Mappings' | 'Conditions'>;
  /** The value of a parameter or pseudo parameter; undefined if the name is a resource's. */
  parameter(name: string): Json | undefined;
  /** The result of `Ref` for a resource. */
  reference(logicalId: string): Json;
  attribute(logicalId: string, attribute: string): Json;
  importedValue(name: string): Json;
}

/** The value of `AWS::NoValue`: its property or list element is removed. */
const NO_VALUE = Symbol('AWS::NoValue');
type Evaluated = Json | typeof NO_VALUE;

/** Replaces intrinsic functions in a value by their results. */
export function evaluate(value: Json, scope: Scope): Json {
  const result = walk(value, scope);
  return result === NO_VALUE ? null : result;
}

export function conditionHolds(name: string, scope: Scope): boolean {
  if (!Object.hasOwn(scope.template.Conditions, name)) throw validationError(`Template error: there is no condition ${JSON.stringify(name)}`);
  return holds(scope.template.Conditions[name], scope);
}

/** Whether a condition expression is true. */
export function holds(expression: Json, scope: Scope): boolean {
  const result = evaluate(expression, scope);
  if (result === true || result === 'true') return true;
  if (result === false || result === 'false') return false;
  throw validationError(`Template error: a condition must be true or false, got ${JSON.stringify(result)}`);
}

function walk(value: Json, scope: Scope): Evaluated {
  if (Array.isArray(value)) return value.map((element) => walk(element, scope)).filter((element) => element !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;

  const intrinsic = intrinsicOf(value);
  if (intrinsic) return call(intrinsic.name, intrinsic.argument, scope);
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    const evaluated = walk(member, scope);
    if (evaluated !== NO_VALUE) result[key] = evaluated;
  }
  return result;
}

function call(name: string, argument: Json, scope: Scope): Evaluated {
  switch (name) {
    case 'Ref': return reference(argument as string, scope);
    case 'Condition': return conditionHolds(argument as string, scope);
    case 'Fn::GetAtt': {
      const { name: logicalId, attribute } = attributeReference(argument);
      return scope.attribute(logicalId, text(name, evaluate(attribute, scope)));
    }
    case 'Fn::Sub': return substitute(argument, scope);
    case 'Fn::If': {
      const [condition, yes, no] = list(name, argument, 3);
      return walk(conditionHolds(condition as string, scope) ? yes : no, scope);
    }
    case 'Fn::Join': {
      const [delimiter, parts] = list(name, evaluate(argument, scope), 2);
      return list(name, parts).map((part) => text(name, part)).join(delimiter as string);
    }
    case 'Fn::Split': {
      const [delimiter, whole] = list(name, evaluate(argument, scope), 2);
      return text(name, whole).split(delimiter as string);
    }
    case 'Fn::Select': {
      const [index, values] = list(name, evaluate(argument, scope), 2);
      const selected = list(name, values)[Number(index)];
      if (selected === undefined) throw validationError(`Template error: Fn::Select cannot select nonexistent value at index ${index}`);
      return selected;
    }
    case 'Fn::FindInMap': return findInMap(list(name, evaluate(argument, scope), 3), scope);
    case 'Fn::ImportValue': return scope.importedValue(text(name, evaluate(argument, scope)));
    case 'Fn::Base64': return Buffer.from(text(name, evaluate(argument, scope))).toString('base64');
    case 'Fn::Equals': {
      const [a, b] = list(name, evaluate(argument, scope), 2);
      return JSON.stringify(comparable(a)) === JSON.stringify(comparable(b));
    }
    case 'Fn::Contains': {
      const [values, value] = list(name, evaluate(argument, scope), 2);
      return list(name, values).map(String).includes(String(value));
    }
    case 'Fn::Not': return !holds(list(name, argument, 1)[0], scope);
    case 'Fn::And': return list(name, argument).every((condition) => holds(condition, scope));
    case 'Fn::Or': return list(name, argument).some((condition) => holds(condition, scope));
    default: throw validationError(`Template error: the local cloud does not have ${name}`);
  }
}

function reference(name: string, scope: Scope): Evaluated {
  if (name === 'AWS::NoValue') return NO_VALUE;
  return scope.parameter(name) ?? scope.reference(name);
}

function substitute(argument: Json, scope: Scope): Json {
  const [template, variables] = Array.isArray(argument) ? argument as [string, JsonObject] : [argument as string, {}];
  return template.replace(PLACEHOLDER, (_whole, literal: string, placeholder: string) => {
    if (literal) return `\${${placeholder}}`;
    if (Object.hasOwn(variables, placeholder)) return text('Fn::Sub', evaluate(variables[placeholder], scope));
    const value = placeholder.includes('.') ? call('Fn::GetAtt', placeholder, scope) : reference(placeholder, scope);
    return text('Fn::Sub', value === NO_VALUE ? null : value);
  });
}

function findInMap([map, first, second]: Json[], scope: Scope): Json {
  const found = scope.template.Mappings[map as string]?.[first as string]?.[second as string];
  if (found === undefined) throw validationError(`Template error: Unable to get mapping for ${map}::${first}::${second}`);
  return found;
}

function comparable(value: Json): Json {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

function text(name: string, value: Json): string {
  if (typeof value === 'object') throw validationError(`Template error: every value of ${name} must be a string, got ${JSON.stringify(value)}`);
  return String(value);
}

function list(name: string, value: Json, length?: number): Json[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    throw validationError(`Template error: ${name} must have a list${length === undefined ? '' : ` of ${length}`}, got ${JSON.stringify(value)}`);
  }
  return value;
}
