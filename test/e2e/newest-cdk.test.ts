import { join } from 'node:path';
import { version as newest } from 'aws-cdk-lib-newest/package.json';
import { CLI_TIMEOUT, SalesStack } from './sales-stack';

// The framework's own functions come with aws-cdk-lib. This test uses those of its newest version.

const stack = new SalesStack({ NODE_OPTIONS: `--require ${join(__dirname, 'newest-cdk.cjs')}` });
beforeAll(() => stack.start());
afterAll(() => stack.stop());

test('a fleet is made and destroyed with the newest aws-cdk-lib', async () => {
  const { exitCode, lines } = await stack.deploy('ana', 'bo', 'chen');
  expect({ exitCode, lines: exitCode === 0 ? [] : lines }).toEqual({ exitCode: 0, lines: [] });
  expect(stack.ids()).toEqual([stack.idOf('ana'), stack.idOf('bo'), stack.idOf('chen')]);
  expect(stack.cdkVersions()).toEqual([newest]);
  expect((await stack.destroy()).exitCode).toBe(0);
  expect(stack.desktops()).toEqual([]);
}, 2 * CLI_TIMEOUT);
