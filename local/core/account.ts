/** The one account and region that the local cloud has. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const PARTITION = 'aws';

/** `arn:aws:<service>:<region>:<account>:<resource>`; IAM's have no region. */
export function arn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${service === 'iam' ? '' : REGION}:${ACCOUNT}:${resource}`;
}
