const JSON_TYPE = /^application\/(?:[\w!#$&^.+-]+\+)?json$/i;
const PARAMETER = /^([\w-]+)=(?:"([^",]*)"|([^",\s]+))$/;

/**
 * Whether the headers say that the body is plain JSON: `application/json` or `application/…+json`, in UTF-8 where they
 * name a charset, and neither compressed nor otherwise encoded.
 */
export function isPlainJson(
  contentType: string | undefined,
  contentEncoding: string | undefined,
): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const isEncoded = !['', 'identity'].includes((contentEncoding ?? '').trim().toLowerCase());
  return JSON_TYPE.test(type) && !isEncoded && parameters.every(isFine);
}

function isFine(parameter: string): boolean {
  if (parameter === '') return true;
  const [, name, quoted, plain] = PARAMETER.exec(parameter) ?? [];
  if (name === undefined) return false;
  return name.toLowerCase() !== 'charset' || (quoted ?? plain)?.toLowerCase() === 'utf-8';
}
