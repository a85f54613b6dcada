import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Entry, fromBuffer, ZipFile } from 'yauzl';

/** Unpacks into `folder`. Refuses an entry that would be outside of it (yauzl already refuses `..` and absolute names). */
export async function unzip(archive: Buffer, folder: string): Promise<void> {
  const zip = await open(archive);
  await new Promise<void>((done, failed) => {
    zip.on('error', failed);
    zip.on('end', done);
    zip.on('entry', (entry: Entry) => {
      extract(zip, entry, folder).then(() => zip.readEntry(), failed);
    });
    zip.readEntry();
  });
}

function open(archive: Buffer): Promise<ZipFile> {
  return new Promise((done, failed) => {
    fromBuffer(archive, { lazyEntries: true, decodeStrings: true }, (error, zip) => (zip ? done(zip) : failed(error)));
  });
}

async function extract(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const target = resolve(folder, entry.fileName);
  if (target !== folder && !target.startsWith(folder + sep)) {
    throw new Error(`a code archive must not write outside of its folder, but has an entry ${JSON.stringify(entry.fileName)}`);
  }
  if (entry.fileName.endsWith('/')) {
    await mkdir(target, { recursive: true });
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  const content = await new Promise<NodeJS.ReadableStream>((done, failed) => {
    zip.openReadStream(entry, (error, stream) => (stream ? done(stream) : failed(error)));
  });
  await pipeline(content, createWriteStream(target));
}
