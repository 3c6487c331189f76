import { readFile } from 'node:fs/promises';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** What a JSON document of ours holds, looked into freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents freely
export type Document = any;

export interface EventSchemas {
  readonly document: Document;
  /** What is wrong with a body, by the schema of its type; null: nothing. */
  mistakes(body: { readonly type: string }): string | null;
}

/**
 * The schemas of events, out of the `webhooks` of docs/openapi.json, as a receiver would take them. Other than
 * there no field may be but those that are named: what we send is all described.
 */
export async function eventSchemas(): Promise<EventSchemas> {
  const path = new URL('../../docs/openapi.json', import.meta.url);
  const document: Document = JSON.parse(await readFile(path, 'utf8'));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(closed({ webhooks: document.webhooks, components: document.components }), 'api');
  return {
    document,
    mistakes(body) {
      const validate = validatorOf(ajv, body.type);
      return validate(body) ? null : ajv.errorsText(validate.errors);
    },
  };
}

function validatorOf(ajv: Ajv2020, type: string): ValidateFunction {
  const place = `/webhooks/${type}/post/requestBody/content/application~1json/schema`;
  const validate = ajv.getSchema(`api#${place}`);
  if (!validate) throw new Error(`no schema of ${type}`);
  return validate;
}

/** With `additionalProperties: false` in every schema of an object. */
function closed(node: Document): Document {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return node.type === 'object' && node.properties && node.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}
