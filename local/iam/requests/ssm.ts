import { eachOnce, listOf, ServiceRequests } from './requests';
import { arn } from '../../core/account';

export function ssmRequests(): ServiceRequests {
  return {
    GetParameters: ({ input }) => eachOnce(listOf(input.Names).map(parameterArn), parameterArn('*'))
      .map((resource) => ({ action: 'ssm:GetParameters', resource })),
    ...Object.fromEntries(['GetParameter', 'PutParameter', 'DeleteParameter'].map((operation) => [
      operation,
      ({ input }: { input: any }) => [{ action: `ssm:${operation}`, resource: parameterArn(input.Name) }],
    ])),
  };
}

function parameterArn(name: unknown): string {
  return arn('ssm', `parameter/${String(name).replace(/^\//, '')}`);
}
