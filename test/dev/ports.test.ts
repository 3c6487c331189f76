import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, portComplaints } from '../../dev/ports.ts';

test('a taken port is named with the part that wants it and the variable that changes it', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as AddressInfo;

  const complaints = await portComplaints([
    { part: 'the API', port: await freePort(), variable: 'FRESHET_API_PORT' },
    { part: 'Temporal', port, variable: 'FRESHET_TEMPORAL_PORT' },
  ]);

  expect(complaints).toEqual([
    `Port ${port}, wanted by Temporal, is taken by another program: free it, or set FRESHET_TEMPORAL_PORT to another one.`,
  ]);
});

test('one port wanted twice is named with both variables', async () => {
  const port = await freePort();
  const complaints = await portComplaints([
    { part: 'Postgres', port, variable: 'FRESHET_PG_PORT' },
    { part: 'Temporal', port, variable: 'FRESHET_TEMPORAL_PORT' },
  ]);
  expect(complaints).toEqual([
    `Port ${port} is wanted by both Postgres and Temporal: set FRESHET_PG_PORT or FRESHET_TEMPORAL_PORT to another one.`,
  ]);
});
