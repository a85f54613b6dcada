import type { ServiceRequests } from './requests';

export function statesRequests(): ServiceRequests {
  return {
    StartExecution: ({ input }) => [{ action: 'states:StartExecution', resource: String(input.stateMachineArn) }],
    ListExecutions: ({ input }) => [{ action: 'states:ListExecutions', resource: String(input.stateMachineArn) }],
    DescribeExecution: ({ input }) => [{ action: 'states:DescribeExecution', resource: String(input.executionArn) }],
  };
}
