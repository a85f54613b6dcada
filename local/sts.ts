import { randomBytes } from 'node:crypto';
import { ACCOUNT, arn } from './core/account';
import type { Clock } from './core/clock';
import type { Operation } from './core/json-service';
import { QueryService } from './core/query-service';
import { ServiceError } from './core/service';
import { IamRegistry, sessionArn } from './iam';

interface AssumeRoleInput { RoleArn?: string; RoleSessionName?: string; DurationSeconds?: string; Policy?: string; PolicyArns?: object }

export class StsService extends QueryService {
  readonly signingName = 'sts';
  protected readonly namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

  protected readonly operations: Readonly<Record<string, Operation>> = {
    GetCallerIdentity: (_input, call) => {
      const principal = this.iam.principalOf(call.caller);
      const identity = principal ? sessionArn(principal) : arn('iam', 'user/local');
      return { Account: ACCOUNT, UserId: call.caller.accessKeyId, Arn: identity };
    },

    AssumeRole: (input: AssumeRoleInput) => {
      const { RoleArn: roleArn = '', RoleSessionName: session = 'session' } = input;
      if (!this.iam.deployers.has(roleArn) && !this.iam.roleOf(roleArn)) {
        throw new ServiceError('AccessDenied', `RoleArn must be that of a role in account ${ACCOUNT}, got ${JSON.stringify(input.RoleArn)}`, 403);
      }
      if (input.Policy !== undefined || input.PolicyArns !== undefined) {
        throw new ServiceError('ValidationError', 'the local sts does not have session policies: leave Policy and PolicyArns out');
      }
      const principal = { kind: 'assumed-role', name: session, roleArn } as const;
      const seconds = Number(input.DurationSeconds ?? 3_600);
      return {
        AssumedRoleUser: { Arn: sessionArn(principal), AssumedRoleId: `AROALOCAL:${session}` },
        Credentials: {
          AccessKeyId: this.iam.accessKeyFor(principal),
          SecretAccessKey: randomBytes(20).toString('hex'),
          SessionToken: randomBytes(32).toString('hex'),
          // The client compares this with the host's time, even if the local cloud's time runs faster.
          Expiration: new Date(Math.max(this.clock.now(), Date.now()) + seconds * 1_000),
        },
      };
    },
  };

  constructor(private readonly clock: Clock, private readonly iam: IamRegistry) {
    super();
  }
}
