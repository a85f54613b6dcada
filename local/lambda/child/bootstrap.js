'use strict';

// The Lambda runtime of one function: loads its handler, then handles one invocation at a time. Talks to sandbox.ts over IPC.

const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

let loaded = false;

function send(message) {
  return new Promise((done) => process.send(message, done));
}

/** An error as Lambda reports it: `errorType` is the error's name, which for `class X extends Error` is "Error". */
function describe(error, type) {
  if (error instanceof Error || (error && typeof error === 'object' && 'message' in error && 'stack' in error)) {
    return { errorType: type ?? error.name, errorMessage: error.message, trace: String(error.stack ?? '').split('\n') };
  }
  return { errorType: type ?? typeof error, errorMessage: String(error), trace: [] };
}

async function load() {
  const [, folder, file, name] = /^(.*\/)?([^./]+)\.(.+)$/.exec(process.env._HANDLER) ?? [];
  if (!file) throw Object.assign(new Error(`Bad handler ${process.env._HANDLER}`), { lambdaType: 'Runtime.MalformedHandlerName' });

  const base = resolve(process.env.LAMBDA_TASK_ROOT, folder ?? '', file);
  const path = ['', '.js', '.mjs', '.cjs'].map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (!path) {
    throw Object.assign(new Error(`Error: Cannot find module '${join(folder ?? '', file)}'`), { lambdaType: 'Runtime.ImportModuleError' });
  }
  let module;
  try {
    // In a folder with "type": "module", .js files are ES modules. import() reads both kinds, but only require() uses NODE_PATH.
    module = path.endsWith('.mjs') ? await import(pathToFileURL(path)) : require(path);
  } catch (error) {
    if (error?.code === 'ERR_REQUIRE_ESM') {
      module = await import(pathToFileURL(path));
    } else if (error instanceof SyntaxError) {
      throw Object.assign(error, { lambdaType: 'Runtime.UserCodeSyntaxError' });
    } else if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw Object.assign(error, { lambdaType: 'Runtime.ImportModuleError', message: `Error: ${error.message}` });
    } else {
      throw error;
    }
  }
  const handler = name.split('.').reduce((value, key) => value?.[key], module);
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${process.env._HANDLER} is undefined or not exported`), { lambdaType: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function contextOf({ requestId, arn, deadline }) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** A handler answers with a promise, with a value (for which Lambda does not wait), or with a callback. */
function run(handler, event, context) {
  if (handler.length < 3) return handler(event, context);
  return new Promise((done, failed) => {
    const result = handler(event, context, (error, value) => (error ? failed(error) : done(value)));
    if (typeof result?.then === 'function') result.then(done, failed);
  });
}

/** The last line of an invocation's log, as Lambda writes it. It also has the CPU time, which Lambda does not report. */
function report(requestId, before) {
  if (!process[Symbol.for('local-lambda.own-process')]) return;
  const { user, system } = process.cpuUsage(before);
  const memory = Math.ceil(process.resourceUsage().maxRSS / 1_024);
  process.stdout.write(
    `REPORT RequestId: ${requestId}\tMemory Size: ${process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE} MB\tMax Memory Used: ${memory} MB\tCPU: ${Math.ceil((user + system) / 1_000)} ms\n`,
  );
}

async function handle(handler, { event, timeoutMs, ...invocation }) {
  const before = process.cpuUsage();
  try {
    const result = await run(handler, JSON.parse(event), contextOf({ ...invocation, deadline: Date.now() + timeoutMs }));
    let payload;
    try {
      payload = JSON.stringify(result === undefined ? null : result);
    } catch {
      throw Object.assign(new Error('Unable to stringify response body'), { name: 'Runtime.MarshalError' });
    }
    report(invocation.requestId, before);
    await send({ type: 'done', payload: payload ?? 'null' });
  } catch (error) {
    report(invocation.requestId, before);
    await send({ type: 'failed', error: describe(error) });
  }
}

for (const [event, type] of [['uncaughtException', undefined], ['unhandledRejection', 'Runtime.UnhandledPromiseRejection']]) {
  process.on(event, async (error) => {
    console.error(error);
    await send({ type: loaded ? 'failed' : 'init-failed', error: describe(error, type), exits: true });
    process.exit(1);
  });
}
process.on('disconnect', () => process.exit(0));

load().then(
  async (handler) => {
    loaded = true;
    process.on('message', (invocation) => void handle(handler, invocation));
    await send({ type: 'ready' });
  },
  async (error) => {
    console.error(error);
    await send({ type: 'init-failed', error: describe(error, error?.lambdaType) });
    process.exit(1);
  },
);
