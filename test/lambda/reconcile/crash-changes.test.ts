import { CRASHES_IN_CHANGES } from './crash-changes-scenarios';
import { testEveryCall } from './every-call';
import { TestStack } from '../test-stack';

// Like crash.test.ts, but for changes of existing desktops. With the SDK and dynalite: crash-changes.exhaustive.ts.

beforeAll(() => jest.spyOn(console, 'log').mockImplementation());

testEveryCall(TestStack.startQuick, CRASHES_IN_CHANGES);
