/** The one environment of this bank. */
export const ENVIRONMENT = 'production-sandbox';

/** The made-up client who owns the API key. */
export const OWNER = 'f5e54e7000000000000000a1';

/** The made-up project of that client. */
export const PROJECT = 'f5e54e7000000000000000b2';
