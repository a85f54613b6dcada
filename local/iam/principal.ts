import type { Asker } from './evaluate';
import { ACCOUNT, PARTITION } from '../core/account';

/** Whom an access key belongs to. */
export interface Principal {
  readonly kind: 'function' | 'state-machine' | 'assumed-role';
  /** The function's or state machine's name, or the session's. */
  readonly name: string;
  readonly roleArn: string;
}

/** What errors call a principal. */
export function sessionArn({ name, roleArn }: Principal): string {
  return `arn:${PARTITION}:sts::${ACCOUNT}:assumed-role/${roleArn.split('/').pop()}/${name}`;
}

export function askerOf(principal: Principal): Asker {
  return { kind: 'role', account: ACCOUNT, roleArn: principal.roleArn, sessionArn: sessionArn(principal) };
}
