import type { Asker } from './evaluate';
import { ACCOUNT, PARTITION } from '../core/account';

/** The owner of an access key. */
export interface Principal {
  readonly kind: 'function' | 'state-machine' | 'assumed-role';
  /** The name of the function, state machine or session. */
  readonly name: string;
  readonly roleArn: string;
}

/** The ARN of a principal, as errors show it. */
export function sessionArn({ name, roleArn }: Principal): string {
  return `arn:${PARTITION}:sts::${ACCOUNT}:assumed-role/${roleArn.split('/').pop()}/${name}`;
}

export function askerOf(principal: Principal): Asker {
  return { kind: 'role', account: ACCOUNT, roleArn: principal.roleArn, sessionArn: sessionArn(principal) };
}
