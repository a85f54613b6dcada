import { setAll } from '../../../lambda/ledger/update-expression';

test('an update expression has a placeholder for every name', () => {
  expect(setAll({ cursor: 'a', keys: undefined }, { generation: 3 })).toEqual({
    UpdateExpression: 'SET #cursor = :scursor',
    ConditionExpression: '#generation = :cgeneration',
    ExpressionAttributeNames: { '#cursor': 'cursor', '#generation': 'generation' },
    ExpressionAttributeValues: { ':scursor': { S: 'a' }, ':cgeneration': { N: '3' } },
  });
  expect(setAll({ isDone: true }, { generation: 3 }, 'current')).toEqual({
    UpdateExpression: 'SET #current.#isDone = :sisDone',
    ConditionExpression: '#generation = :cgeneration',
    ExpressionAttributeNames: { '#current': 'current', '#isDone': 'isDone', '#generation': 'generation' },
    ExpressionAttributeValues: { ':sisDone': { BOOL: true }, ':cgeneration': { N: '3' } },
  });
  expect(setAll({}, { a: 1, b: 2 }).ConditionExpression).toBe('#a = :ca AND #b = :cb');
});
