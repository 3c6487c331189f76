import { describe, expect, it } from 'vitest';
import { parseJson } from '../../providers/json.ts';

describe('parseJson', () => {
  it('keeps every number as it was written', () => {
    const { value } = parseJson('{"a":12345678901234567.89,"b":[1e3,-0.00,0.005,10.10],"c":7}');
    expect(value).toEqual({
      a: '12345678901234567.89',
      b: ['1e3', '-0.00', '0.005', '10.10'],
      c: '7',
    });
  });

  it('agrees with JSON.parse on all but numbers', () => {
    const texts = [
      '{}',
      '[]',
      ' \n\t{ "a" : [ ] , "b" : { } , "c" : [ true , false , null ] } ',
      '{"quote\\"d":"\\u00e9\\n\\\\","slash":"\\\\","empty":""}',
      '["\\\\\\"", "]", "}", ",", ":"]',
      '{"a":{"b":{"c":["x",{"d":null}]}}}',
      '{"twice":"first","twice":"second"}',
      '"text"',
      'true',
      'null',
      '{"naïve":"₦ 😀"}',
    ];
    for (const text of texts) expect(parseJson(text).value).toEqual(JSON.parse(text));
  });

  it('gives the source of a part, character for character', () => {
    const item = '{ "amount" : 1.50,\n  "note":"a\\u0041" , "list":[ 1,2 ] }';
    const document = parseJson(`{"items":[${item} , {"b":2}]}`);
    const { items } = document.value as { items: [{ list: [] }, object] };
    expect(document.sourceOf(items[0] as never)).toBe(item);
    expect(document.sourceOf(items[0].list)).toBe('[ 1,2 ]');
    expect(document.sourceOf(items[1] as never)).toBe('{"b":2}');
    expect(document.sourceOf('no part')).toBeUndefined();
  });

  it('reads escaped keys right, also where the runtime does not', () => {
    // JSON.parse of Node 24.21 reads the first key below as a backslash.
    const { value } = parseJson('[{"a":1,"\\n":1},{"a":1,"\\t":1}]');
    expect((value as object[]).map((item) => Object.keys(item))).toEqual([
      ['a', '\n'],
      ['a', '\t'],
    ]);
  });

  it('takes a key that looks like the prototype for a key', () => {
    const { value } = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses what is not JSON without quoting it', () => {
    for (const text of ['', '{', '{"secret":1,}', 'secret', '[1 2]', '01', '{"a":NaN}', '{}x']) {
      expect(() => parseJson(text)).toThrow(new SyntaxError('The text is not JSON'));
    }
  });

  it('refuses nesting that could exhaust the stack', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(() => parseJson(deep)).toThrow(SyntaxError);
  });
});
