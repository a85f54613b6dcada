import { check, ELSEWHERE } from './elsewhere';

/** The one account and Region that the local cloud of a process has; to have others, set the variables before anything of it is loaded. */
export const ACCOUNT = check('account', process.env[ELSEWHERE.account] ?? '123456789012');
export const REGION = check('region', process.env[ELSEWHERE.region] ?? 'us-east-1');
export const PARTITION = 'aws';

/** `arn:aws:<service>:<region>:<account>:<resource>`; IAM's have no region. */
export function arn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${service === 'iam' ? '' : REGION}:${ACCOUNT}:${resource}`;
}
