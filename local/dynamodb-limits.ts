import { ServiceError } from './core/service';

// Limits of DynamoDB that dynalite does not have: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html

const EXPRESSIONS = ['ConditionExpression', 'UpdateExpression', 'KeyConditionExpression', 'FilterExpression', 'ProjectionExpression'];
const LONGEST_EXPRESSION = 4 * 1_024;
const LONGEST_PLACEHOLDER = 255;
const MOST_OF_PLACEHOLDERS = 2 * 1_024 * 1_024;
const MOST_OPERATORS = 300;

/** @throws ServiceError if an expression of the call, or what stands for its names and values, is too long */
export function requireLimits(input: any): void {
  for (const member of EXPRESSIONS) {
    const text = input[member];
    if (typeof text !== 'string') continue;
    const size = Buffer.byteLength(text);
    if (size > LONGEST_EXPRESSION) throw invalid(`Invalid ${member}: Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    const operators = text.match(/<>|<=|>=|[=<>+-]|\b(?:AND|OR|NOT|BETWEEN|IN)\b|\w+(?=\s*\()/gi) ?? [];
    if (operators.length > MOST_OPERATORS) {
      throw invalid(`Invalid ${member}: The expression contains too many operators; operator count: ${operators.length}, maximum allowed operator count: ${MOST_OPERATORS}`);
    }
  }
  const placeholders = [...Object.entries(input.ExpressionAttributeNames ?? {}), ...Object.entries(input.ExpressionAttributeValues ?? {})];
  const long = placeholders.find(([name]) => Buffer.byteLength(name) > LONGEST_PLACEHOLDER);
  if (long) throw invalid(`ExpressionAttributeNames or ExpressionAttributeValues contains a key of more than ${LONGEST_PLACEHOLDER} bytes: ${long[0]}`);
  const size = placeholders.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(JSON.stringify(value)), 0);
  if (size > MOST_OF_PLACEHOLDERS) throw invalid(`ExpressionAttributeNames and ExpressionAttributeValues have ${size} bytes, and ${MOST_OF_PLACEHOLDERS} are allowed`);
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
