import * as net from 'node:net';
import { Duration, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { OWNERSHIP_TAG } from './contract';
import { GLOBAL_ACCELERATOR_PROTOCOL } from './kinds';
import { shown } from './shown';

/** The prefix of the keys of the fleet's own tags. */
export const OWN_TAGS = OWNERSHIP_TAG.slice(0, OWNERSHIP_TAG.indexOf(':') + 1);

/** What is wrong with a value, for the user to read. Undefined if the value is correct, or if it is a token and cannot be checked at synth. */
export type Problem = string | undefined;

/** Throws an Error. CDK's own ValidationError is not public API, and its signature differs between the versions that we support. */
export function fail(scope: IConstruct, message: string): never {
  throw new Error(`${message} (at '${scope.node.path}')`);
}

/** Throws if there is a problem. Value types give no scope, because they are created outside of any construct. */
export function refuse(problem: Problem, scope?: IConstruct): void {
  if (problem === undefined) return;
  if (scope) fail(scope, problem);
  throw new Error(problem);
}

/** Names a user in a message. The string form of a token would tell people nothing. */
export function whoIs(userName: string): string {
  return Token.isUnresolved(userName) ? 'a user whose name is known only when the stack is deployed' : `user ${JSON.stringify(userName)}`;
}

/** User names are not case-sensitive in a directory: 'Ana' and 'ana' are one person, who gets one desktop. */
export function sameUserKey(userName: string): string {
  return Token.isUnresolved(userName) ? userName : userName.toLowerCase();
}

/** Control characters, and what Active Directory does not allow in a sAMAccountName; except `@`, which WorkSpaces allows. */
const FORBIDDEN_IN_USER_NAME = /[\p{Cc}"/\\[\]:;|=,+*?<>]/u;

export function userNameProblem(userName: string): Problem {
  if (Token.isUnresolved(userName)) return undefined;
  if (typeof userName !== 'string') {
    return `a user name must be a string, got ${shown(userName)}; write fromNames(['ana', 'bo']) or fromList([{ userName: 'ana' }, { userName: 'bo' }])`;
  }
  // A function, so that the text is made only for a wrong name, not for each of 10,000 users.
  const got = () => JSON.stringify(userName);
  if (userName === '[UNDEFINED]') {
    return `user name ${got()} is reserved by WorkSpaces for desktops without a user; give the name of a user in the directory instead`;
  }
  if (userName.length < 1 || userName.length > 63) {
    return `user name ${got()} must have 1 to 63 characters, got ${userName.length}; use the name with which the user logs in to the directory`;
  }
  if (userName.trim() !== userName) {
    return `user name ${got()} must not begin or end with blanks; write ${JSON.stringify(userName.trim())} instead`;
  }
  const forbidden = FORBIDDEN_IN_USER_NAME.exec(userName)?.[0];
  if (forbidden) {
    return `user name ${got()} must not contain ${JSON.stringify(forbidden)}; ` +
      'control characters and " / \\ [ ] : ; | = , + * ? < > are not allowed; use the name with which the user logs in to the directory';
  }
  return undefined;
}

export function directoryIdProblem(directoryId: string): Problem {
  return patternProblem('directoryId', directoryId, /^(d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63})$/,
    'a directory id like "d-90670b2f8c" or "wsd-8kgdr3qp1"', 'copy it from the directories of the WorkSpaces console');
}

export function bundleIdProblem(bundleId: string): Problem {
  return patternProblem('bundleId', bundleId, /^wsb-[0-9a-z]{8,63}$/,
    'a bundle id like "wsb-clj85qzj1"', 'copy it from the bundles of the WorkSpaces console');
}

function patternProblem(prop: string, value: string, pattern: RegExp, form: string, instead: string): Problem {
  if (Token.isUnresolved(value) || pattern.test(value)) return undefined;
  return `'${prop}' must be ${form}, got ${JSON.stringify(value)}; ${instead}`;
}

export function ipv6AddressProblem(address: string): Problem {
  if (Token.isUnresolved(address) || net.isIPv6(address)) return undefined;
  return `'ipv6Address' must be an IPv6 address like "2001:db8::17", got ${JSON.stringify(address)}; leave it out to let WorkSpaces choose one`;
}

export function protocolsProblem(protocols: unknown[], otherwise: string): Problem {
  return protocols.length > 0 ? undefined : `'protocols' must have at least one protocol, got []; leave it out to use ${otherwise}`;
}

/** `<stack uuid>/<hash of the logical id>`, the form in which the handler makes it. */
const FLEET_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{8}$/;

export function fleetIdsProblem(fleetIds: string[]): Problem {
  if (Token.isUnresolved(fleetIds)) return undefined;
  if (!Array.isArray(fleetIds)) return `'fromFleets' of ExistingWorkspaces.adopt() must be a list of fleet ids, got ${shown(fleetIds)}; write it in brackets`;
  if (fleetIds.length === 0) {
    return "'fromFleets' of ExistingWorkspaces.adopt() needs at least one fleet id, got []; leave it out to adopt only desktops without an owner";
  }
  if (fleetIds.some(id => Token.isUnresolved([id]) && !Token.isUnresolved(id))) {
    return "'fromFleets' of ExistingWorkspaces.adopt() mixes fleet ids with a list that is known only when the stack is deployed; " +
      'give that list alone, or take single elements from it with Fn.select(index, list)';
  }
  const wrong = fleetIds.findIndex(id => !Token.isUnresolved(id) && !(typeof id === 'string' && FLEET_ID.test(id)));
  if (wrong < 0) return undefined;
  return `'fromFleets' of ExistingWorkspaces.adopt() takes fleet ids like "6bd1f2a0-5c7e-11f0-9a3b-0e4f5a6b7c8d/1a2b3c4d", got ${shown(fleetIds[wrong])}; ` +
    `copy the value of the tag "${OWNERSHIP_TAG}" of one of the fleet's desktops, or give the fleetId of a BulkWorkspaces`;
}

/** What is wrong with a name of the API that we send without knowing it. */
export function nameProblem(factory: string, name: string, example: string): Problem {
  if (Token.isUnresolved(name) || /^[^\s\p{Ll}]+$/u.test(name)) return undefined;
  return `${factory} needs a name of the API like ${JSON.stringify(example)}, in capitals and without blanks, got ${JSON.stringify(name)}`;
}

export function acceleratorProtocolProblem(factory: string, protocol: unknown): Problem {
  if (protocol === undefined || protocol === null || GLOBAL_ACCELERATOR_PROTOCOL.has(protocol)) return undefined;
  return `${factory} takes a GlobalAcceleratorProtocol, such as GlobalAcceleratorProtocol.TCP, got ${shown(protocol)}`;
}

export function autoStopProblem(timeout: Duration): Problem {
  if (timeout.isUnresolved()) return undefined;
  const minutes = timeout.toMinutes({ integral: false });
  if (minutes >= 60 && minutes % 60 === 0) return undefined;
  return `RunningMode.autoStop() takes whole hours, at least one, got ${JSON.stringify(timeout.toHumanString())}; ` +
    `use Duration.hours(${Math.max(1, Math.ceil(minutes / 60))}) instead`;
}

export function timeoutProblem(timeout: Duration): Problem {
  if (timeout.isUnresolved()) return undefined;
  const seconds = timeout.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= 60 && seconds <= 55 * 60) return undefined;
  return `'timeout' must be 1 to 55 minutes, in whole seconds, got ${JSON.stringify(timeout.toHumanString())}; ` +
    'CloudFormation waits for an hour at most; with LateWorkspaces.accept(), desktops can become available after the deployment';
}

/** What to write instead of a number that is too small or too large. */
interface WaysOut { readonly least: string; readonly most: string }

const TOLERANCE: WaysOut = {
  least: 'FailureTolerance.none() to accept no refused user',
  most: 'FailureTolerance.percentage(100) to accept any number of refused users',
};
const LIMIT: WaysOut = {
  least: 'TerminationLimit.count(0) to allow no termination',
  most: 'TerminationLimit.unlimited() to allow any number of terminations',
};

export function toleranceProblem(factory: string, value: number, most?: number): Problem {
  return numberProblem(factory, value, most, TOLERANCE);
}

export function limitProblem(factory: string, value: number, most?: number): Problem {
  return numberProblem(factory, value, most, LIMIT);
}

function numberProblem(factory: string, value: number, most: number | undefined, waysOut: WaysOut): Problem {
  if (Token.isUnresolved(value)) return undefined;
  if (Number.isInteger(value) && value >= 0 && value <= (most ?? Infinity)) return undefined;
  return `${factory} takes a whole number ${most === undefined ? 'of 0 or more' : `from 0 to ${most}`}, got ${shown(value)}; use ` +
    (value > (most ?? Number.MAX_VALUE) ? waysOut.most : waysOut.least);
}

/** The pairs of sizes that AWS documents. The root volume of a graphics bundle can have 100 GiB or more. */
const VOLUME_RULES = 'root 80 with user 10, 50 or 100; root 175 to 2000 with user 100 to 2000; for graphics bundles root from 100 and user from 100';

/** Refuses only sizes that fit no bundle at all. Which rule applies depends on the bundle, and synth cannot read the bundle. */
export function volumeSizesProblem(root: Size | undefined, user: Size | undefined): Problem {
  const rootGib = gib(root);
  const userGib = gib(user);
  const large = (size: number | undefined) => size === undefined || (Number.isInteger(size) && size >= 100 && size <= 2000);
  const small = (rootGib === undefined || rootGib === 80) && (userGib === undefined || [10, 50, 100].includes(userGib));
  if (small || (large(rootGib) && large(userGib))) return undefined;
  const got = [
    ...rootGib === undefined ? [] : [`'rootVolumeSize' ${rootGib}`],
    ...userGib === undefined ? [] : [`'userVolumeSize' ${userGib}`],
  ].join(' with ');
  return `${got} GiB fits no bundle; WorkSpaces has, in GiB: ${VOLUME_RULES}; ` +
    (rootGib === undefined || userGib === undefined ? "leave it out to use the bundle's size" : "leave both out to use the bundle's sizes");
}

/** AWS contradicts itself: one page lists 80 with 100, another says that with a user volume of 100 the root volume must have 175. */
export function volumeSizesDisputed(root: Size | undefined, user: Size | undefined): boolean {
  return gib(root) === 80 && gib(user) === 100;
}

function gib(size: Size | undefined): number | undefined {
  return !size || size.isUnresolved() ? undefined : size.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
}

/** WorkSpaces allows 50 tags on a desktop. */
const MAX_TAGS = 50;

/** How many tags a desktop can have in addition to the fleet's own, and the reason for the message. */
export interface TagRoom { readonly most: number; readonly why: string }
const room = (ours: number, why: string): TagRoom => ({ most: MAX_TAGS - ours, why: `a desktop takes ${MAX_TAGS}, of which ${why}` });
export const TAG_ROOM = room(1, 'one says whose it is');
export const TAG_ROOM_ADOPTED = room(2, 'one says whose it is, and one that it was adopted');

export function tagsProblem(prop: string, tags: { readonly [key: string]: string }, { most, why } = TAG_ROOM): Problem {
  const keys = Object.keys(tags);
  if (keys.length > most) return `${prop} must have at most ${most} tags, got ${keys.length}; ${why}`;
  for (const key of keys) {
    const problem = tagProblem(prop, key, tags[key]);
    if (problem) return problem;
  }
  return undefined;
}

function tagProblem(prop: string, key: string, value: string): Problem {
  return tagKeyProblem(prop, key) ?? tagValueProblem(prop, key, value);
}

export function tagKeyProblem(prop: string, key: string): Problem {
  if (Token.isUnresolved(key)) return undefined;
  const got = JSON.stringify(key);
  if (key.length < 1 || key.length > 127) {
    return `a tag key of ${prop} must have 1 to 127 characters, got ${got} with ${key.length}; shorten it, or put the text into the value`;
  }
  if (/^aws:/i.test(key)) {
    return `a tag key of ${prop} must not begin with "aws:", which is reserved by AWS, got ${got}; choose another prefix`;
  }
  if (key.startsWith(OWN_TAGS)) {
    return `a tag key of ${prop} must not begin with "${OWN_TAGS}", with which the fleet marks its desktops, got ${got}; choose another prefix`;
  }
  return tagTextProblem(`a tag key of ${prop}`, key);
}

export function tagValueProblem(prop: string, key: string, value: string): Problem {
  if (Token.isUnresolved(value)) return undefined;
  const subject = `the value of tag ${JSON.stringify(key)} of ${prop}`;
  if (typeof value !== 'string') return `${subject} must be a string, got ${shown(value)}; write it in quotes`;
  if (value.length > 255) return `${subject} must have at most 255 characters, got ${value.length}; shorten it`;
  return tagTextProblem(subject, value);
}

/** From the administration guide: "letters, spaces, and numbers representable in UTF-8", some other characters, and no spaces at the ends. */
function tagTextProblem(subject: string, text: string): Problem {
  const got = JSON.stringify(text);
  if (text.trim() !== text) return `${subject} must not begin or end with blanks, got ${got}; write ${JSON.stringify(text.trim())} instead`;
  const forbidden = /[^\p{L}\p{M}\p{N}\p{Zs}+\-=._:/@]/u.exec(text)?.[0];
  if (forbidden === undefined) return undefined;
  return `${subject} must not contain ${JSON.stringify(forbidden)}, got ${got}; write letters of any language, digits, spaces or + - = . _ : / @ instead`;
}
