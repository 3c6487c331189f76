import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { CLI_VERSION } from '../../dev/temporal/cli-version.ts';
import { downloadCli } from '../../dev/temporal/download-cli.ts';
import { freePort } from '../support/servers.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'freshet-download-'));
  mkdirSync(path.join(dir, 'into'));
});
afterEach(() => rmSync(dir, { recursive: true }));

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('asks for the pinned release of this machine and unpacks the binary', async () => {
  writeFileSync(path.join(dir, 'temporal'), 'the binary');
  writeFileSync(path.join(dir, 'LICENSE'), 'a licence');
  execFileSync('tar', ['-czf', 'archive.tar.gz', 'LICENSE', 'temporal'], { cwd: dir });
  const asked: string[] = [];
  const site = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.end(readFileSync(path.join(dir, 'archive.tar.gz')));
  });

  const binary = await downloadCli(path.join(dir, 'into'), { site });

  expect(readFileSync(binary, 'utf8')).toBe('the binary');
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  expect(asked).toEqual([`/cli/archive/v${CLI_VERSION}?platform=${process.platform}&arch=${arch}`]);
});

test('an answer that is no archive is an error', async () => {
  const site = await serve((_, response) => response.writeHead(404).end());
  await expect(downloadCli(dir, { site })).rejects.toThrow('answered 404');
});

test('a site that cannot be reached is an error at once', async () => {
  const site = `http://127.0.0.1:${await freePort()}`;
  await expect(downloadCli(dir, { site })).rejects.toThrow('cannot be reached (ECONNREFUSED)');
});

test('a site that does not answer is given up within seconds', async () => {
  const site = await serve(() => undefined);
  await expect(downloadCli(dir, { site })).rejects.toThrow('no answer within 5 s');
});
