import { XMLBuilder } from 'fast-xml-parser';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });

/** Lists become `<member>` elements. Dates are in ISO 8601. Undefined values are left out. */
export function toXml(root: string, namespace: string, content: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build({ [root]: { '@xmlns': namespace, ...wire(content) as object } })}`;
}

/** Lists of S3 have no `<member>`: the name of the list is repeated. */
export function toFlatXml(root: string, content: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${builder.build({ [root]: content })}`;
}

function wire(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return { member: value.map(wire) };
  if (typeof value === 'string') return value.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '?'); // not allowed in XML 1.0
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).map(([key, member]) => [key, wire(member)]));
}
