import { ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { environment, tool } from './tools';

/** Moto's server on a free port of 127.0.0.1. */
export class Moto {
  /** @param variables more variables for its environment */
  static async start(variables: Readonly<Record<string, string>> = {}): Promise<Moto> {
    const port = await freePort();
    const child = spawn(tool('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], { env: environment(variables), stdio: ['ignore', 'ignore', 'pipe'] });
    const moto = new Moto(child, `http://127.0.0.1:${port}`);
    child.stderr!.on('data', (text) => { moto.log += text; });
    await moto.ready();
    return moto;
  }

  private log = '';

  private constructor(private readonly child: ChildProcess, readonly url: string) {}

  /** Variables that make AWS tools talk to it. */
  get environment(): Record<string, string> {
    return { AWS_ENDPOINT_URL: this.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' };
  }

  /** Deletes everything in moto. */
  async reset(): Promise<void> {
    await this.post('reset');
  }

  async configure(settings: object): Promise<void> {
    await this.post('config', settings);
  }

  /** Sends a JSON call directly, without a client's model. */
  async json(service: string, target: string, input: object): Promise<void> {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    const headers = { authorization, 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
    const response = await fetch(this.url, { method: 'POST', headers, body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`moto answers ${target} with ${response.status}: ${await response.text()}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    await gone;
  }

  private async post(path: string, body?: object): Promise<void> {
    const { ok, status } = await fetch(`${this.url}/moto-api/${path}`, { method: 'POST', body: body && JSON.stringify(body) });
    if (!ok) throw new Error(`moto answers ${path} with ${status}`);
  }

  private async ready(): Promise<void> {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`moto_server ended with exit code ${this.child.exitCode}: ${this.log}`);
      const up = await fetch(`${this.url}/moto-api/data.json`).then(({ ok }) => ok, () => false);
      if (up) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
