/**
 * All that Postgres gets to see of our environment. Neither PG* variables nor the locale may reach
 * it, and no secret has any business there.
 */
export function postgresEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], LC_ALL: 'C', TZ: 'UTC' };
}
