// Loaded into the CDK app before anything else: gives it the newest aws-cdk-lib in place of the lowest that is supported.
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request.replace(/^aws-cdk-lib(?=\/|$)/, 'aws-cdk-lib-newest'), ...rest);
};
