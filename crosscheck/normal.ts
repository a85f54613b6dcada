/** One difference between two answers of the same call: the place, and both values. */
export interface Difference { readonly where: string; readonly here: string; readonly there: string }

const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)/g, '<time>'],
  [/(mrk-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/\b[0-9a-f]{64}\b/g, '<grant>'],
  [/\bws-[0-9a-z]{9}\b/g, '<desktop>'],
  [/\bd-[0-9a-f]{10}\b/g, '<directory>'],
  [/\bsubnet-[0-9a-z]+/g, '<subnet>'],
  [/\bsg-[0-9a-z]+/g, '<group>'],
  [/\b(10|172)\.\d+\.\d+\.\d+\b/g, '<address>'],
  [/\bSLiad\+\w+/g, '<registration code>'],
  [/\bWSAMZN-\w+/g, '<computer>'],
];

/** A text without the parts that differ in each run. */
export function normalized(text: string): string {
  return VOLATILE.reduce((so, [pattern, name]) => so.replace(pattern, name), text);
}

/** The differences of two outputs, element by element. A member that only one has is `absent` in the other. */
export function differences(here: unknown, there: unknown, where = ''): Difference[] {
  if (Array.isArray(here) && Array.isArray(there)) {
    if (here.length !== there.length) return [{ where, here: `${here.length} elements`, there: `${there.length} elements` }];
    return here.flatMap((element, i) => differences(element, there[i], `${where}[]`));
  }
  if (isObject(here) && isObject(there)) {
    return [...new Set([...Object.keys(here), ...Object.keys(there)])].flatMap((name) => differences(here[name], there[name], where ? `${where}.${name}` : name));
  }
  const [a, b] = [shown(here), shown(there)];
  return a === b ? [] : [{ where, here: a, there: b }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : normalized(JSON.stringify(value));
}
