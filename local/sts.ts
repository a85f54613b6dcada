import { randomBytes } from 'node:crypto';
import { ACCOUNT, arn, PARTITION } from './core/account';
import type { Clock } from './core/clock';
import type { Operation } from './core/json-service';
import { QueryService } from './core/query-service';
import { ServiceError } from './core/service';
import type { IamRegistry } from './iam';

const ROLE_ARN = new RegExp(`^arn:${PARTITION}:iam::${ACCOUNT}:role/([\\w+=,.@/-]+)$`);

export class StsService extends QueryService {
  readonly signingName = 'sts';
  protected readonly namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

  protected readonly operations: Readonly<Record<string, Operation>> = {
    GetCallerIdentity: (_input, call) => {
      const principal = this.iam.principalOf(call.caller);
      const identity = principal ? assumedRoleArn(principal.roleArn, principal.name) : arn('iam', 'user/local');
      return { Account: ACCOUNT, UserId: call.caller.accessKeyId, Arn: identity };
    },

    AssumeRole: (input: { RoleArn?: string; RoleSessionName?: string; DurationSeconds?: string }) => {
      if (!ROLE_ARN.test(input.RoleArn ?? '')) {
        throw new ServiceError('AccessDenied', `RoleArn must be a role of account ${ACCOUNT}, got ${JSON.stringify(input.RoleArn)}`, 403);
      }
      const roleArn = input.RoleArn!;
      const session = input.RoleSessionName ?? 'session';
      const seconds = Number(input.DurationSeconds ?? 3_600);
      return {
        AssumedRoleUser: { Arn: assumedRoleArn(roleArn, session), AssumedRoleId: `AROALOCAL:${session}` },
        Credentials: {
          AccessKeyId: this.iam.accessKeyFor({ kind: 'assumed-role', name: session, roleArn }),
          SecretAccessKey: randomBytes(20).toString('hex'),
          SessionToken: randomBytes(32).toString('hex'),
          // The client compares this with the host's time, also when the local cloud's runs faster.
          Expiration: new Date(Math.max(this.clock.now(), Date.now()) + seconds * 1_000),
        },
      };
    },
  };

  constructor(private readonly clock: Clock, private readonly iam: IamRegistry) {
    super();
  }
}

function assumedRoleArn(roleArn: string, session: string): string {
  return `arn:${PARTITION}:sts::${ACCOUNT}:assumed-role/${roleArn.split('/').pop()}/${session}`;
}
