import { version } from 'aws-cdk-lib/package.json';
import { devDependencies } from '../package.json';

test('these tests run on the aws-cdk-lib that they say they run on', () => {
  expect(version).toBe(process.env.CDK_UNDER_TEST ?? devDependencies['aws-cdk-lib']);
});
