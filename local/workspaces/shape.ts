import { ServiceError } from '../core/service';

type Scalar = 'string' | 'boolean' | 'integer';

/** The shape of an input: a structure, a list of equal elements, or a scalar. */
export type Shape = Scalar | readonly [Shape] | { readonly [member: string]: Shape };

/** The shape of a type's values. */
export type ShapeOf<T> =
  T extends string ? 'string'
    : T extends number ? 'integer'
      : T extends boolean ? 'boolean'
        : T extends readonly (infer Item)[] ? readonly [ShapeOf<Item>]
          : { readonly [Member in keyof T]-?: ShapeOf<NonNullable<T[Member]>> };

/**
 * Reads a value as the service does. Unknown members are removed. Nulls are removed too, because they mean absent members. A value of
 * a wrong type is refused.
 */
export function read(shape: Shape, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (isScalar(shape)) {
    if (shape === 'integer' ? !Number.isInteger(value) : typeof value !== shape) throw wrongType(path, shape === 'integer' ? 'an integer' : `a ${shape}`, value);
    return value;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    // A null in a list is removed, too.
    return value.flatMap((item, i) => read(shape[0], item, `${path}[${i}]`) ?? []);
  }
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(path, 'a structure', value);
  const members = Object.entries(shape).map(([name, each]) => [name, read(each, (value as any)[name], `${path}.${name}`)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

function isScalar(shape: Shape): shape is Scalar {
  return typeof shape === 'string';
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function wrongType(path: string, expected: string, value: unknown): ServiceError {
  return new ServiceError('SerializationException', `${path} must be ${expected}, got ${JSON.stringify(value)}`);
}
