import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { LOST, type Reply, ServiceError } from '../../local/core/service';

/** The answer of a service. A body that is an object has been parsed already. */
export type Answer = Omit<Reply, 'body'> & { readonly body: string | object };

/** Carries out one call. */
export type Carry = (operation: string, input: unknown) => Promise<Answer>;

/**
 * Stands in for a client of the AWS SDK, without signing, serializing and middlewares, which take the SDK's time. It tries as often and names
 * errors like the SDK, but does not wait before it tries again.
 */
export function standIn<T>(attempts: number, carry: Carry): T {
  const send = async (command: { input: unknown; constructor: { name: string } }) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return outputOf(await carry(command.constructor.name.replace(/Command$/, ''), command.input));
      } catch (error) {
        const met = sdkError(error);
        if (attempt >= attempts || !isWorthAnother(met)) throw met;
      }
    }
  };
  return { send, middlewareStack: { add: () => undefined }, destroy: () => undefined } as T;
}

/** The input of a call as the service gets it. */
export function sent(service: string, input: unknown): unknown {
  // The table in memory takes values as they are, and copies what it keeps.
  return service === 'dynamodb' ? input : JSON.parse(JSON.stringify(input));
}

function outputOf(answer: Answer): unknown {
  if (answer === LOST) throw Object.assign(new Error('socket hang up'), { name: 'Error', code: 'ECONNRESET' });
  const body = typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body;
  if (answer.status >= 400) throw new ServiceError(body.__type, body.message, answer.status);
  return body;
}

function sdkError(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const { code, message, status } = error;
  const $metadata = { httpStatusCode: status };
  // The only error that the handler recognizes by its class.
  if (code === 'ConditionalCheckFailedException') return new ConditionalCheckFailedException({ message, $metadata });
  return Object.assign(new Error(message), { name: code, $metadata });
}

function isWorthAnother(error: unknown): boolean {
  const { name, code, $metadata } = error as { name: string; code?: string; $metadata?: { httpStatusCode: number } };
  return code === 'ECONNRESET' || name === 'TimeoutError' || /throttl/i.test(name) || ($metadata?.httpStatusCode ?? 0) >= 500;
}
