import { testOtherAnswers } from './answers-scenarios';
import { TestStack } from '../test-stack';

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

// What nobody here knows about the real service must not matter: under each other answer the fleet ends as under the default.
// With the SDK and dynalite: answers.exhaustive.ts.
testOtherAnswers(TestStack.startQuick);
