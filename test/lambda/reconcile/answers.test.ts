import { testOtherAnswers } from './answers-scenarios';
import { TestStack } from '../test-stack';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

// The handler must not depend on what nobody knows about WorkSpaces. With each other plausible answer, the result is the same.
// With the SDK and dynalite: answers.exhaustive.ts.
testOtherAnswers(TestStack.startQuick);
