import { check, ELSEWHERE } from './elsewhere';

/** The account and Region of the local cloud, one for each process. To change them, set the variables before any of its modules is loaded. */
export const ACCOUNT = check('account', process.env[ELSEWHERE.account] ?? '123456789012');
export const REGION = check('region', process.env[ELSEWHERE.region] ?? 'us-east-1');
export const PARTITION = 'aws';

/** `arn:aws:<service>:<region>:<account>:<resource>`. ARNs of IAM have no region. */
export function arn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${service === 'iam' ? '' : REGION}:${ACCOUNT}:${resource}`;
}
