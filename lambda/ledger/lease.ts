import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import type { PaceState } from '../aws/pace';
import { Clock, MINUTE, SECOND } from '../core/clock';

/** The clocks of two machines differ a little. */
const MARGIN = 15 * SECOND;
/** A step that found the lease taken tries again well within this time. */
const WAITS_FOR = 1 * MINUTE;

/**
 * Allows one step at a time, over all fleets of a stack. Steps never overlap, and they share one pace. If a step is killed, its
 * lease runs out after the function's timeout. By then the step's last call has ended, too.
 */
export class Lease {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly clock: Clock,
    private readonly stepTimeoutMs: number,
  ) {}

  /** @returns the pace as the previous step left it, or undefined if another step holds the lease */
  async take(holder: string): Promise<{ readonly pace?: PaceState } | undefined> {
    const now = this.clock.now();
    try {
      const { Attributes } = await this.client.send(new UpdateItemCommand({
        TableName: this.tableName,
        Key: this.key,
        UpdateExpression: 'SET #holder = :holder, #until = :until',
        // Also if we hold it already: the answer to our first try may have been lost.
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

  /** @returns whether another step has asked for the lease meanwhile, and will ask again soon */
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
      // The lease ran out, and another step has it: there is nothing to release.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return true;
    }
  }

  /** Notes that somebody waits, so that a fleet with much to do does not take the lease again and again. */
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
