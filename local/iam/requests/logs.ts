import { createHash } from 'node:crypto';
import { arn } from '../../core/account';
import type { AuthorizationRequest } from '../registry';

/** The permissions that a function's role needs so that Lambda can write its log. */
export function logRequests(functionName: string, logGroup: string, now: number): AuthorizationRequest[] {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  const stream = `${day}/[$LATEST]${createHash('md5').update(functionName).digest('hex')}`;
  const resource = arn('logs', `log-group:${logGroup}:log-stream:${stream}`);
  return ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource }));
}
