/** `*` matches any number of characters, `?` one. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true;
  return globOf(pattern).test(text);
}

/** A cache, because there are few policies, and they are evaluated often. */
const globs = new Map<string, RegExp>();

function globOf(pattern: string): RegExp {
  let glob = globs.get(pattern);
  if (!glob) {
    const source = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&').replace(/\*+/g, '.*').replace(/\?/g, '.');
    glob = new RegExp(`^${source}$`, 's');
    globs.set(pattern, glob);
  }
  return glob;
}

const ARN_FIELDS = 6;

/**
 * Compares ARNs field by field, case-sensitively. A wildcard does not match a colon, except in the last field. If a pattern has fewer
 * than six fields, the missing ones count as `*`.
 */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const expected = arnFields(pattern);
  const fields = arnFields(arn);
  if (fields.length < ARN_FIELDS) return false;
  return fields.every((field, i) => globMatches(expected[i] ?? '*', field));
}

/** The fields: partition, service and so on. Everything after the fifth colon is one field. */
export function arnFields(arn: string): string[] {
  const fields = arn.split(':');
  return fields.length <= ARN_FIELDS ? fields : [...fields.slice(0, ARN_FIELDS - 1), fields.slice(ARN_FIELDS - 1).join(':')];
}
