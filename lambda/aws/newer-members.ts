import { Readable } from 'node:stream';
import type { WorkSpacesClient } from '@aws-sdk/client-workspaces';

type Json = Record<string, unknown>;

/** A request or an answer, as the SDK's middlewares see it. */
interface Message {
  body?: unknown;
}

/**
 * The service may be newer than the SDK. The SDK silently drops members that it does not know, from requests and from answers. This puts them
 * back, whatever the SDK's version. Members that the SDK knows are not changed.
 */
export function keepNewerMembers({ middlewareStack }: Pick<WorkSpacesClient, 'middlewareStack'>): void {
  const bodies = new WeakMap<object, unknown>();

  middlewareStack.add((next) => async (args) => {
    const request = args.request as Message;
    const text = await textOf(request.body);
    const body: unknown = JSON.parse(text || '{}');
    if (addMissing(body, args.input)) request.body = JSON.stringify(body);
    return next(args);
  }, { step: 'build', priority: 'high', name: 'newerMembersOfRequest', override: true });

  // Before the SDK reads an answer, because its body can be read only once.
  middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    const response = result.response as Message;
    try {
      const text = await textOf(response.body);
      response.body = new TextEncoder().encode(text);
      bodies.set(response, jsonOf(text));
    } catch (error) {
      // It broke off: the SDK is to find that itself, and to say with which status.
      response.body = new Readable({ read() { this.destroy(error as Error); } });
    }
    return result;
  }, { step: 'deserialize', priority: 'low', name: 'bodyOfAnswer', override: true });

  middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    addMissing(result.output, bodies.get(result.response as object));
    return result;
  }, { step: 'deserialize', priority: 'high', name: 'newerMembersOfAnswer', override: true });
}

/** Adds the members of `from` that `to` does not have. @returns whether there were any */
function addMissing(to: unknown, from: unknown): boolean {
  if (Array.isArray(to) && Array.isArray(from)) return to.map((each, i) => addMissing(each, from[i])).includes(true);
  if (!isStructure(to) || !isStructure(from)) return false;
  let hasAdded = false;
  for (const [member, value] of Object.entries(from)) {
    if (value === undefined || value === null) continue;
    if (to[member] === undefined) {
      to[member] = value;
      hasAdded = true;
    } else if (addMissing(to[member], value)) {
      hasAdded = true;
    }
  }
  return hasAdded;
}

function isStructure(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The body is bytes, text or a stream: that depends on the SDK's version and its request handler. */
async function textOf(body: unknown): Promise<string> {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array | string>) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** If the text is no JSON, for example a proxy's page, the SDK refuses it. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
