/** `*` is any number of characters, `?` one. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true;
  return globOf(pattern).test(text);
}

/** Policies are few and are asked often. */
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
 * ARNs field by field, with regard to case: a wildcard does not reach over a colon, except in the last field. A pattern with fewer
 * than the six fields of an ARN has `*` for those that it lacks.
 */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = arnFields(pattern);
  const fields = arnFields(arn);
  if (fields.length < ARN_FIELDS) return false;
  return fields.every((field, i) => globMatches(wanted[i] ?? '*', field));
}

/** Partition, service and so on; everything after the fifth colon is one field. */
export function arnFields(arn: string): string[] {
  const fields = arn.split(':');
  return fields.length <= ARN_FIELDS ? fields : [...fields.slice(0, ARN_FIELDS - 1), fields.slice(ARN_FIELDS - 1).join(':')];
}
