import type { Kind } from './kind';

/** The type that a value must have. The compiler checks the same in TypeScript; this rule is for plain JavaScript. */
export interface TypeRule {
  readonly holds: (value: any) => boolean;
  /** For the message, after "must": what the value must be, or how to make it. */
  readonly must: string;
}

/** An instance of one of our classes. */
export const ours = (kind: Kind<any>, ways: string): TypeRule => ({ holds: value => kind.has(value), must: `be made with ${kind.name}${ways}` });

export const listOf = (rule: TypeRule): TypeRule => ({
  holds: value => Array.isArray(value) && value.every(rule.holds),
  must: `be a list, each to ${rule.must}`,
});

export const having = (member: string, must: string): TypeRule => ({ holds: value => typeof value === 'object' && member in value, must });

export const memberOf = (name: string, members: { [name: string]: string }): TypeRule => ({
  holds: value => Object.values(members).includes(value),
  must: `be ${Object.keys(members).map(member => `${name}.${member}`).join(' or ')}`,
});

export const TEXT: TypeRule = { holds: value => typeof value === 'string', must: 'be a string' };

export const FLAG: TypeRule = { holds: value => typeof value === 'boolean', must: 'be true or false' };

export const SIZE = having('toGibibytes', 'be made with Size.gibibytes()');
