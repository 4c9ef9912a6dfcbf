import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parse } from '../src/app/markdown/blocks';
import type { Block, Inline } from '../src/app/markdown/tree';
import { languageOf } from '../src/speech/language';
import { align } from '../src/speech/alignment';
import { splitIntoSentences } from '../src/speech/sentences';

const code = 'There is code here.';
const said = (markdown: string, language = 'en'): string[] =>
  splitIntoSentences(markdown, language, code).map((sentence) => sentence.text);

describe('the sentences of an answer', () => {
  it('are split one by one', () => {
    expect(said('Delivery costs 49 euros. It takes four days! Shall I order?')).toEqual([
      'Delivery costs 49 euros.',
      'It takes four days!',
      'Shall I order?',
    ]);
  });

  it('leave out markup, citations and emoji', () => {
    expect(said('It is **very** *light* [1][2] and ~~not~~ `TB-4711` 🚲👍🏽.')).toEqual([
      'It is very light  and not TB-4711 .',
    ]);
    expect(said('## Prices\n\n> Ready to ride.\n\n---\n\n[3]')).toEqual(['Prices', 'Ready to ride.']);
  });

  it('name a link by its label, and a bare URL by its host', () => {
    expect(said('See [our prices](https://harbor.example/prices?x=1) or https://www.harbor.example/a/b.')).toEqual([
      'See our prices or harbor.example.',
    ]);
  });

  it('are the items of a list', () => {
    expect(said('You get:\n\n- a bike\n- a lock\n  1. steel\n  2. brass')).toEqual([
      'You get:',
      'a bike',
      'a lock',
      'steel',
      'brass',
    ]);
  });

  it('are the rows of a table, with the names of its columns', () => {
    expect(said('| from | to |\n|---|:-:|\n| Kiel | Aarhus |\n| Bonn | **Rome** |')).toEqual([
      'from: Kiel, to: Aarhus',
      'from: Bonn, to: Rome',
    ]);
  });

  it('announce a code block instead of reading it', () => {
    expect(said('Like this:\n\n```js\nconst a = 1;\n```\n\nDone.')).toEqual(['Like this:', code, 'Done.']);
  });

  it('split a long sentence at a comma', () => {
    const long = `${'word '.repeat(25)}end, ${'word '.repeat(30)}end.`;
    const found = said(long);
    expect(found.length).toBe(2);
    expect(found[0]).toMatch(/end,$/);
    expect(found.join(' ')).toBe(long);
    expect(said('x'.repeat(500)).map((part) => part.length)).toEqual([180, 180, 140]);
  });

  it('do not need Intl.Segmenter', () => {
    const { Segmenter } = Intl;
    try {
      Reflect.deleteProperty(Intl, 'Segmenter');
      expect(said('One. “Two!” Three 3.5 kg? 四。五。')).toEqual(['One.', '“Two!”', 'Three 3.5 kg?', '四。', '五。']);
    } finally {
      Object.defineProperty(Intl, 'Segmenter', { value: Segmenter, configurable: true, writable: true });
    }
  });

  it('know the position of each letter in the answer', () => {
    const markdown =
      'It **depends** [1]: see [our *prices*](https://harbor.example).\n\n1. Kiel: \\*49\\* euros\n2. `Aarhus`\n\n| from | to |\n|---|---|\n| Kiel | Rome |';
    for (const { text, positions, start, end } of splitIntoSentences(markdown, 'en', code)) {
      expect(positions.length).toBe(text.length);
      expect(start).toBe(positions[0]);
      expect(end).toBe((positions.at(-1) ?? 0) + 1);
      if (!text.includes(': Kiel,'))
        for (const [i, letter] of Array.from(text).entries())
          if (/\S/.test(letter)) expect(markdown[positions[i] ?? -1], `${text} at ${i}`).toBe(letter);
    }
    const row = splitIntoSentences(markdown, 'en', code).at(-1);
    expect(row?.text).toBe('from: Kiel, to: Rome');
    expect(markdown.slice(row?.start, row?.end)).toBe('Kiel | Rome');
  });

  it('never fail, and their positions go forward and stay in the answer', () => {
    const bits = [
      'word',
      ' ',
      '. ',
      '**',
      '*',
      '_',
      '`',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '> ',
      '```\n',
      '[1]',
      '[a](https://b.example)',
      '|',
      '|---|\n',
      '\\',
      '😀',
      'ß',
      'سلام',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 40 }), (parts) => {
        const markdown = parts.join('');
        let last = -1;
        for (const sentence of splitIntoSentences(markdown, 'en', code)) {
          expect(sentence.start).toBeGreaterThanOrEqual(0);
          expect(sentence.end).toBeLessThanOrEqual(markdown.length);
          for (const place of sentence.positions) {
            expect(place).toBeGreaterThanOrEqual(last === -1 ? 0 : Math.min(last, place));
            last = place;
          }
          expect(sentence.text).toMatch(/[\p{L}\p{N}]/u);
        }
      }),
    );
  });
});

describe('the positions of rendered letters', () => {
  it('skip link targets, fences and dividers, even if they look like the text', () => {
    const markdown =
      '[price](https://price.example/price) price\n\n```price\nprice = 1\n```\n\n| a | b |\n|---|---|\n| - | 1 |';
    const rendered = 'price priceprice = 1ab-1';
    const places = align(markdown, rendered);
    expect(places.map((place) => markdown[place]).join('')).toBe(rendered);
    expect(places[6]).toBe(markdown.indexOf(' price\n') + 1);
    expect(places[11]).toBe(markdown.indexOf('price = 1'));
  });

  it('recover after text that is not in the source', () => {
    const places = align('one two three four', 'one XYZ three four');
    expect('one two three four'.slice(places[9])).toBe('hree four');
  });

  it('are found for every letter of plain documents', () => {
    const block = fc.oneof(
      fc.constantFrom(
        'Plain words here.',
        '**Bold** and *thin* words.',
        '- point one\n- point two',
        '> quoted `code` words',
        '## Heading',
        'See [label words](https://a.example/x_y) now.',
        '| h | k |\n|---|---|\n| c | d |',
      ),
    );
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
        const markdown = blocks.join('\n\n');
        const rendered = parse(markdown).map(textOfBlock).join('');
        expect(
          align(markdown, rendered)
            .map((place) => markdown[place])
            .join(''),
        ).toBe(rendered);
      }),
    );
  });
});

describe('the language of an answer', () => {
  it.each([
    ['The delivery to Denmark costs 89 euros and takes four days.', 'de', 'en'],
    ['Die Lieferung nach Dänemark kostet 89 Euro und dauert nicht lange.', 'en', 'de'],
    ['El envío a Dinamarca cuesta 89 euros y tarda cuatro días.', 'en', 'es'],
    ['التوصيل إلى الدنمارك يكلف 89 يورو مع Harbor Bikes.', 'en', 'ar'],
    ['配送料は89ユーロです。', 'en', 'ja'],
    ['TB-4711', 'de', 'de'],
    ['', 'es', 'es'],
  ])('%s', (text, likely, language) => {
    expect(languageOf(text, likely)).toBe(language);
  });
});

function textOfBlock(block: Block): string {
  switch (block.type) {
    case 'code':
      return block.text;
    case 'quote':
      return block.children.map(textOfBlock).join('');
    case 'list':
      return block.items.flat().map(textOfBlock).join('');
    case 'table':
      return [block.head, ...block.rows].flat().map(textOf).join('');
    default:
      return textOf(block.children);
  }
}

function textOf(nodes: Inline[]): string {
  return nodes.map((node) => ('text' in node ? node.text : 'children' in node ? textOf(node.children) : '')).join('');
}
