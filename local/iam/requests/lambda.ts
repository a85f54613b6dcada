import type { ServiceRequests } from './requests';
import { arn } from '../../core/account';

export function lambdaRequests(): ServiceRequests {
  return {
    Invoke: ({ input }) => [{ action: 'lambda:InvokeFunction', resource: functionArn(input.functionName) }],
    GetFunction: ({ input }) => [{ action: 'lambda:GetFunction', resource: functionArn(input.functionName) }],
  };
}

/** Clients give a function's name or its ARN. */
function functionArn(name: string): string {
  return name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
}
