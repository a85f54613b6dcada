import { testOtherAnswers } from './answers-scenarios';
import { TestStack } from './world';

// As answers.test.ts, with the clients of the SDK and dynalite.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testOtherAnswers(TestStack.start);
