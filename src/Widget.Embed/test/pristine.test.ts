import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJson } from '../src/app/pristine';

it('writes what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(toJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(toJson({ a: undefined, b: [undefined, NaN, '\ud800"\\\n\u2028😀'], c: null })).toBe(
    '{"b":[null,null,"\\ud800\\u0022\\u005c\\u000a\\u2028😀"],"c":null}',
  );
});

it('ignores what a page adds to prototypes', () => {
  const arrays = Array.prototype as unknown as { toJSON?: () => string };
  const objects = Object.prototype as { extra?: string };
  try {
    arrays.toJSON = () => 'broken';
    objects.extra = 'broken';
    expect(toJson({ list: [1, { two: 2 }] })).toBe('{"list":[1,{"two":2}]}');
  } finally {
    delete arrays.toJSON;
    delete objects.extra;
  }
});
