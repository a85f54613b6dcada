import { CRASHES_IN_CHANGES } from './crash-changes-scenarios';
import { testEveryCall } from './every-call';
import { TestStack } from '../test-stack';

// As crash.test.ts, for what an update does to desktops that exist. With the SDK and dynalite: crash-changes.exhaustive.ts.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testEveryCall(TestStack.startQuick, CRASHES_IN_CHANGES);
