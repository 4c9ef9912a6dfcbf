import { describe, expect, it } from 'vitest';
import { numbered } from '../src/app/components/Sources';
import type { Citation } from '../src/app/events';

const citation = (number: number): Citation => ({
  number,
  title: `Page ${number}`,
  url: null,
  headings: [],
  page: null,
  text: '',
  origins: [],
});

describe('the numbers of sources', () => {
  it('begin with 1, in the order in which the text cites them', () => {
    const list = numbered('One [7], two [2], again [7].', [citation(2), citation(7), citation(9)]);
    expect(list.map(({ shown, citation: { number } }) => [shown, number])).toEqual([
      [1, 7],
      [2, 2],
      [3, 9],
    ]);
  });

  it('stay the same while the answer is written', () => {
    const all = [1, 2, 3, 4].map(citation);
    const text = 'First [4], then [1], and [3].';
    const number = (part: string, of: number): number | undefined =>
      numbered(part, all).find(({ citation: { number } }) => number === of)?.shown;
    for (let end = text.indexOf('[4]') + 3; end <= text.length; end++) expect(number(text.slice(0, end), 4)).toBe(1);
    for (let end = text.indexOf('[1]') + 3; end <= text.length; end++) expect(number(text.slice(0, end), 1)).toBe(2);
  });
});
