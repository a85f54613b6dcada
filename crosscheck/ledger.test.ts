import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDPOINT_VARIABLE } from './dynamodb-on-moto';
import { Moto } from './moto';
import { runJest } from './run-jest';

let moto: Moto;
const folder = mkdtempSync(join(tmpdir(), 'ledger-test-'));

beforeAll(async () => {
  moto = await Moto.start();
});
afterAll(async () => {
  await moto?.stop();
  rmSync(folder, { recursive: true });
});

test("the handler's tests pass with their table on moto", async () => {
  const { passed, failures } = await runJest('ledger.jest.json', folder, { [ENDPOINT_VARIABLE]: moto.url });
  expect(failures).toEqual([]);
  expect(passed).toBeGreaterThan(50);
  // Every stack of these tests has made its table on moto.
  const { dynamodb } = await fetch(`${moto.url}/moto-api/data.json`).then((response) => response.json()) as { dynamodb?: { Table: unknown[] } };
  expect(dynamodb?.Table.length).toBeGreaterThan(50);
}, 900_000);
