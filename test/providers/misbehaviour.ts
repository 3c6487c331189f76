import { gzipSync } from 'node:zlib';
import type { Answer } from './wire.ts';

/** Ways in which a server fails to answer. */
export const misbehaviour = {
  dropBeforeHeaders: (response) => void response.destroy(),
  silence: () => {},
  silenceInBody: (response) => {
    response.writeHead(200);
    response.write('{');
  },
  dropInBody: (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', () => response.destroy());
  },
  dropInChunkedBody: (response) => {
    response.writeHead(200);
    response.write('{"a":', () => response.destroy());
  },
  endlessBody: (response) => {
    const block = 'x'.repeat(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(block));
    };
    response.on('drain', more);
    more();
  },
  zipBomb: (response) => {
    const body = gzipSync(Buffer.alloc(40_000_000, 'x'));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  },
  latin1: (response) => void response.end(Buffer.from([0x22, 0xe9, 0x22])),
  truncatedJson: (response) => void response.end('{"status":"success","data":{"trans'),
  html: (response) => void response.end('<html>maintenance</html>'),
} satisfies Record<string, Answer>;
