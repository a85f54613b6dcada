/** A value for a message; of an object only the class, as a construct is the whole tree. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? `an object of class ${value.constructor?.name ?? 'null'}` : String(value);
}
