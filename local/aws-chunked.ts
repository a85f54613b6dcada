import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { ServiceError } from './core/service';

/**
 * The content of an upload. SDKs frame streamed bodies (`aws-chunked`): chunks of `<hex length>[;signature]\r\n<data>\r\n`. The last chunk
 * is empty; after it come trailers such as a checksum.
 */
export function uploadedContent(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const framed = String(headers['content-encoding'] ?? '').includes('aws-chunked')
    || String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (!framed) return check(body, headers['x-amz-checksum-crc32']);

  const { content, trailers } = decode(body);
  const expected = headers['x-amz-decoded-content-length'];
  if (expected !== undefined && Number(expected) !== content.length) {
    throw new ServiceError('IncompleteBody', `x-amz-decoded-content-length is ${expected}, but the chunks hold ${content.length} bytes`);
  }
  return check(content, trailers.get('x-amz-checksum-crc32'));
}

function decode(body: Buffer): { content: Buffer; trailers: Map<string, string> } {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? '' : body.toString('latin1', at, lineEnd).split(';')[0];
    if (!/^[0-9a-fA-F]+$/.test(size)) {
      throw new ServiceError('IncompleteBody', `an aws-chunked body must have a chunk's length in hexadecimal at byte ${at}, got ${JSON.stringify(size)}`);
    }
    const length = parseInt(size, 16);
    const start = lineEnd + 2;
    if (length === 0) return { content: Buffer.concat(chunks), trailers: parseTrailers(body.toString('latin1', start)) };
    if (body.toString('latin1', start + length, start + length + 2) !== '\r\n') {
      throw new ServiceError('IncompleteBody', `the chunk of ${length} bytes at byte ${at} does not end where it should`);
    }
    chunks.push(body.subarray(start, start + length));
    at = start + length + 2;
  }
}

function parseTrailers(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
}

function check(content: Buffer, checksum: string | string[] | undefined): Buffer {
  if (checksum === undefined) return content;
  const actual = Buffer.alloc(4);
  actual.writeUInt32BE(crc32(content));
  if (actual.toString('base64') !== checksum) {
    throw new ServiceError('BadDigest', `The CRC32 you specified did not match the calculated checksum: ${checksum} and ${actual.toString('base64')}`);
  }
  return content;
}
