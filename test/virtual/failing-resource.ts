import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';

const HANDLER = `
const https = require('node:https');

exports.handler = async (event) => {
  const { AfterSeconds, Fails } = event.ResourceProperties;
  const fails = event.RequestType !== 'Delete' && Fails === 'true';
  if (fails) await new Promise((done) => setTimeout(done, AfterSeconds * 1000));
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const answer = JSON.stringify({
    Status: fails ? 'FAILED' : 'SUCCESS', Reason: 'told to fail', PhysicalResourceId: event.PhysicalResourceId ?? 'thing',
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
  });
  await new Promise((done, failed) => {
    https.request({ hostname, path: pathname + search, method: 'PUT' }, (response) => response.resume().on('end', done)).on('error', failed).end(answer);
  });
};
`;

/** Another resource of the same stack. If `fails` is true, its create or update fails after some time. */
export function failingResource(stack: Stack, { fails = true, afterSeconds = 0 } = {}): CustomResource {
  const handler = new LambdaFunction(stack, 'ThingHandler', {
    code: Code.fromInline(HANDLER), handler: 'index.handler', runtime: Runtime.NODEJS_22_X, timeout: Duration.minutes(15),
  });
  return new CustomResource(stack, 'Thing', {
    serviceToken: handler.functionArn, properties: { AfterSeconds: afterSeconds, Fails: String(fails) },
  });
}
