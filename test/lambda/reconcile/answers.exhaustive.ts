import { testOtherAnswers } from './answers-scenarios';
import { TestStack } from '../test-stack';

// The tests of answers.test.ts, with the clients of the SDK and dynalite.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testOtherAnswers(TestStack.start);
