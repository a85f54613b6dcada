import { version } from 'aws-cdk-lib/package.json';
import { devDependencies } from '../package.json';

test('these tests run on the declared version of aws-cdk-lib', () => {
  expect(version).toBe(process.env.CDK_UNDER_TEST ?? devDependencies['aws-cdk-lib']);
});
