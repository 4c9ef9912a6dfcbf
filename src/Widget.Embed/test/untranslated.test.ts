import { afterEach, describe, expect, it } from 'vitest';
import { names, namesInTitle, splitUntranslated } from '../src/app/markdown/untranslated';

const marked = (text: string): string[] => splitUntranslated(text).filter((_, i) => i % 2 === 1);

afterEach(() => {
  names.value = [];
});

describe('what is not translated', () => {
  it.each([
    ['Delivery costs 89 € and takes four days.', ['89 €']],
    ['From €1,299.00 to $2 000, or CHF 3’500.', ['€1,299.00', '$2', 'CHF 3’500']],
    ['It weighs 20 kg and costs 40 euros.', ['40 euros']],
    ['Eurostar leaves at 9.', []],
  ])('marks amounts in %s', (text, amounts) => {
    expect(marked(text)).toEqual(amounts);
  });

  it('marks names, the longest first, but no parts of words', () => {
    names.value = ['Tide', 'Tide Cargo', '', 'team', 'A.b (c)'];
    expect(marked('Tide Cargo and Tide, not Tidewater, for your team. A.b (c)')).toEqual([
      'Tide Cargo',
      'Tide',
      'A.b (c)',
    ]);
  });

  it('finds the names in the title of a page', () => {
    expect(namesInTitle('Tide Cargo | Harbor Bikes')).toEqual(['Tide Cargo', 'Harbor Bikes']);
    expect(namesInTitle('Delivery: prices')).toEqual(['Delivery', 'prices']);
  });
});
