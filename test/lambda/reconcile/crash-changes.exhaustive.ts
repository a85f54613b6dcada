import { CRASHES_IN_CHANGES } from './crash-changes-scenarios';
import { testEveryCall } from './every-call';
import { TestStack } from '../test-stack';

// The tests of crash-changes.test.ts, with the clients of the SDK and dynalite.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testEveryCall(TestStack.start, CRASHES_IN_CHANGES);
