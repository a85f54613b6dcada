import { ServiceError } from '../core/service';

type Scalar = 'string' | 'boolean' | 'integer';

/** What an input looks like: a structure, a list of one thing, or a scalar. */
export type Shape = Scalar | readonly [Shape] | { readonly [member: string]: Shape };

/** The shape that values of a type have. */
export type ShapeOf<T> =
  T extends string ? 'string'
    : T extends number ? 'integer'
      : T extends boolean ? 'boolean'
        : T extends readonly (infer Item)[] ? readonly [ShapeOf<Item>]
          : { readonly [Member in keyof T]-?: ShapeOf<NonNullable<T[Member]>> };

/**
 * A value as the service understands it: without members that it does not know, and without nulls, which stand for members that
 * are not there. A value of another type is refused.
 */
export function read(shape: Shape, value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (isScalar(shape)) {
    if (shape === 'integer' ? !Number.isInteger(value) : typeof value !== shape) throw wrongType(path, shape === 'integer' ? 'an integer' : `a ${shape}`, value);
    return value;
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(path, 'a list', value);
    // A null in a list stands for nothing as well.
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

function wrongType(path: string, wanted: string, value: unknown): ServiceError {
  return new ServiceError('SerializationException', `${path} must be ${wanted}, got ${JSON.stringify(value)}`);
}
