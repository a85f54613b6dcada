import { CRASHES } from './crash-scenarios';
import { testEveryCall } from './every-call';
import { TestStack } from '../test-stack';

// The tests of crash.test.ts, with the clients of the SDK and dynalite.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testEveryCall(TestStack.start, CRASHES);
