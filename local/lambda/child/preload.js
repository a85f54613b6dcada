'use strict';

// Runs in a function's process before its code. It removes its settings from the environment, so that the function does not see them.

const { LOCAL_RESPONSE_PORT: responsePort, LOCAL_TIME: time } = process.env;
delete process.env.LOCAL_RESPONSE_PORT;
delete process.env.LOCAL_TIME;
// Tells bootstrap.js that this function has a process of its own, so the process's CPU time and memory are the function's.
process[Symbol.for('local-lambda.own-process')] = true;

// The Provider framework drops the port of a ResponseURL and connects to 443, which only root may listen on. This changes Node's shared
// https agent only; the AWS SDK has its own.
if (responsePort) require('node:https').globalAgent.defaultPort = Number(responsePort);

// If the local cloud's time is scaled, the function's time must be, too. Otherwise its deadlines and waits would differ from the cloud's.
if (time) {
  const { now, host, factor } = JSON.parse(time);
  const RealDate = Date;
  const realNow = Date.now;
  const scaledNow = () => Math.floor(now + (realNow() - host) * factor);

  globalThis.Date = new Proxy(RealDate, {
    apply: (target) => new target(scaledNow()).toString(),
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [scaledNow()] : args, newTarget),
    get: (target, key) => (key === 'now' ? scaledNow : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = globalThis.Date;

  const { setTimeout: realTimeout, setInterval: realInterval } = globalThis;
  const scaled = (real) => (callback, ms = 0, ...args) => real(callback, ms / factor, ...args);
  globalThis.setTimeout = scaled(realTimeout);
  globalThis.setInterval = scaled(realInterval);

  const promises = require('node:timers/promises');
  const realSleep = promises.setTimeout;
  promises.setTimeout = (ms = 0, ...args) => realSleep(ms / factor, ...args);
  Object.defineProperty(globalThis.setTimeout, require('node:util').promisify.custom, { value: promises.setTimeout });
  const timers = require('node:timers');
  timers.setTimeout = globalThis.setTimeout;
  timers.setInterval = globalThis.setInterval;
  require('node:module').syncBuiltinESMExports();
}
