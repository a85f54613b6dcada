import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import type { PaceState } from '../aws/pace';
import { Clock, MINUTE, SECOND } from '../core/clock';

/** Clocks of two machines differ a little. */
const MARGIN = 15 * SECOND;
/** Whoever found the lease taken tries again well before this. */
const WAITS_FOR = 1 * MINUTE;

/**
 * One step at a time, in all fleets of a stack: two steps never overlap, and they share one pace. A step that is killed
 * holds the lease until it runs out, which is after the function's timeout: by then its last call has ended as well.
 */
export class Lease {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly clock: Clock,
    private readonly stepTimeoutMs: number,
  ) {}

  /** @returns the pace where the step before left it, or undefined when another step holds the lease */
  async take(holder: string): Promise<{ readonly pace?: PaceState } | undefined> {
    const now = this.clock.now();
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: 'SET #holder = :holder, #until = :until',
        // Also when it is ours: the answer to the first try may have been lost on the way.
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :now OR #holder = :holder',
        ExpressionAttributeNames: { '#holder': 'holder', '#until': 'until' },
        ExpressionAttributeValues: marshall({ ':holder': holder, ':until': now + this.stepTimeoutMs + MARGIN, ':now': now }),
        ReturnValues: 'ALL_OLD',
      }));
      return { pace: Attributes && (unmarshall(Attributes).pace as PaceState | undefined) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      await this.wait(now);
      return undefined;
    }
  }

  /** @returns whether another step has asked for it meanwhile, and is about to ask again */
  async release(holder: string, pace: PaceState): Promise<boolean> {
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: 'SET #pace = :pace REMOVE #holder, #until, #askedAt',
        ConditionExpression: '#holder = :holder',
        ExpressionAttributeNames: { '#holder': 'holder', '#until': 'until', '#pace': 'pace', '#askedAt': 'askedAt' },
        ExpressionAttributeValues: marshall({ ':holder': holder, ':pace': pace }),
        ReturnValues: 'ALL_OLD',
      }));
      const askedAt = Attributes && (unmarshall(Attributes).askedAt as number | undefined);
      return askedAt !== undefined && this.clock.now() - askedAt < WAITS_FOR;
    } catch (error) {
      // It ran out and another step has it: there is nothing left to give back.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return true;
    }
  }

  /** So that a fleet with much to do does not take it again and again. */
  private async wait(now: number): Promise<void> {
    await this.client.send(new UpdateItemCommand({
      TableName: this.tableName,
      Key: this.key,
      UpdateExpression: 'SET #askedAt = :now',
      ExpressionAttributeNames: { '#askedAt': 'askedAt' },
      ExpressionAttributeValues: marshall({ ':now': now }),
    }));
  }

  private get key() {
    return marshall({ [PK]: 'lease', [SK]: 'lease' });
  }
}
