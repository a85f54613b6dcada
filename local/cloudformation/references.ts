import type { Json } from './json';

/** The intrinsic functions that `evaluate` supports. Functions of conditions are also allowed in rules. */
export const FUNCTIONS = ['Fn::GetAtt', 'Fn::Join', 'Fn::Sub', 'Fn::Select', 'Fn::Split', 'Fn::FindInMap', 'Fn::ImportValue', 'Fn::If', 'Fn::Base64',
  'Fn::Equals', 'Fn::Not', 'Fn::And', 'Fn::Or', 'Fn::Contains'];

export interface References {
  /** Resources, parameters and pseudo parameters. */
  readonly names: string[];
  readonly conditions: string[];
  readonly unsupported: string[];
}

/** Everything that a value refers to, without evaluating it. */
export function referencesIn(value: Json): References {
  const found: References = { names: [], conditions: [], unsupported: [] };
  collect(value, found);
  return found;
}

/** The function and the argument, if an object is a call of an intrinsic function: then it has only one key. */
export function intrinsicOf(value: { [key: string]: Json }): { name: string; argument: Json } | undefined {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0 || !(name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) return undefined;
  // `Condition` is also a property of IAM statements, with an object as its value.
  if ((name === 'Ref' || name === 'Condition') && typeof value[name] !== 'string') return undefined;
  return { name, argument: value[name] };
}

/** `${Name}` and `${Name.Attribute}`, but not `${!Literal}`. */
export const PLACEHOLDER = /\$\{(!?)([^}]*)\}/g;

function collect(value: Json, found: References): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, found);
  } else if (typeof value === 'object' && value !== null) {
    const intrinsic = intrinsicOf(value);
    if (!intrinsic) {
      for (const member of Object.values(value)) collect(member, found);
    } else {
      collectIntrinsic(intrinsic.name, intrinsic.argument, found);
    }
  }
}

function collectIntrinsic(name: string, argument: Json, found: References): void {
  switch (name) {
    case 'Ref':
      found.names.push(argument as string);
      return;
    case 'Condition':
      found.conditions.push(argument as string);
      return;
    case 'Fn::GetAtt':
      found.names.push(attributeReference(argument).name);
      return;
    case 'Fn::Sub': {
      const [text, variables] = Array.isArray(argument) ? argument as [string, { [key: string]: Json }] : [argument as string, {}];
      for (const [, literal, placeholder] of text.matchAll(PLACEHOLDER)) {
        if (!literal && !Object.hasOwn(variables, placeholder)) found.names.push(placeholder.split('.')[0]);
      }
      collect(variables, found);
      return;
    }
    case 'Fn::If':
      found.conditions.push((argument as string[])[0]);
      collect((argument as Json[]).slice(1), found);
      return;
    default:
      if (!FUNCTIONS.includes(name)) found.unsupported.push(name);
      collect(argument, found);
  }
}

/** Reads `["Name", "Attribute"]` or `"Name.Attribute"`. An attribute may contain dots. */
export function attributeReference(argument: Json): { name: string; attribute: Json } {
  if (Array.isArray(argument)) return { name: argument[0] as string, attribute: argument[1] };
  const [name, ...attribute] = String(argument).split('.');
  return { name, attribute: attribute.join('.') };
}
