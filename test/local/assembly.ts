import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { zip } from './zip';
import type { LocalCloud } from '../../local/cloud';
import { ACCOUNT, REGION } from '../../local/core/account';

const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

interface AssetManifest {
  readonly files: Record<string, {
    readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
    readonly destinations: Record<string, { readonly objectKey: string }>;
  }>;
}

/** Publishes the file assets of a synthesized stack without the CLI. @returns the URL of its template */
export function publish(cloud: LocalCloud, directory: string, stackName: string): string {
  const { files } = JSON.parse(readFileSync(join(directory, `${stackName}.assets.json`), 'utf8')) as AssetManifest;
  let templateKey = '';
  for (const { source, destinations } of Object.values(files)) {
    const path = join(directory, source.path);
    const content = source.packaging === 'zip' ? zip(filesIn(path)) : readFileSync(path);
    for (const { objectKey } of Object.values(destinations)) {
      cloud.s3.put(BUCKET, objectKey, content);
      if (source.path === `${stackName}.template.json`) templateKey = objectKey;
    }
  }
  return `${cloud.endpointUrl}/${BUCKET}/${templateKey}`;
}

function filesIn(directory: string): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path));
  return Object.fromEntries(paths.filter((path) => statSync(path).isFile()).map((path) => [relative(directory, path), readFileSync(path, 'utf8')]));
}
