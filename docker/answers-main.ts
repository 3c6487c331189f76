// Health check: exits 0 when the URL given as argument answers with 2xx within 4 s, otherwise 1.
const url = process.argv[2];
if (url === undefined) throw new Error('usage: node docker/answers-main.ts <url>');

const answered = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(4_000) }).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = answered ? 0 : 1;
