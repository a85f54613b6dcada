import type { IamRegistry } from './registry';
import { logRequests } from './requests';
import type { Clock } from '../core/clock';

interface LoggingFunction { readonly name: string; readonly roleArn: string; readonly logGroup?: string }

/** Whether Lambda may write the function's output to its log. If not, the function runs, but its output is lost. */
export function mayLog(iam: IamRegistry, clock: Clock, { name, roleArn, logGroup = `/aws/lambda/${name}` }: LoggingFunction): boolean {
  return logRequests(name, logGroup, clock.now()).every((request) => iam.allows({ kind: 'function', name, roleArn }, request));
}
