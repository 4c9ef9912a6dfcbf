import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../src/app/markdown/blocks';
import { parseInline } from '../src/app/markdown/inline';
import { safeUrl } from '../src/app/markdown/links';
import type { Block, Inline } from '../src/app/markdown/tree';

const text = (value: string): Inline => ({ type: 'text', text: value });

function flat(nodes: (Block | Inline | Block[] | Inline[])[]): string {
  return JSON.stringify(nodes);
}

describe('markdown', () => {
  it('reads emphasis, code and citations', () => {
    expect(parseInline('It is **very *good*** and `a*b` [2].')).toEqual([
      text('It is '),
      { type: 'strong', children: [text('very '), { type: 'em', children: [text('good')] }] },
      text(' and '),
      { type: 'code', text: 'a*b' },
      text(' '),
      { type: 'citation', number: 2 },
      text('.'),
    ]);
  });

  it('keeps inline code on one line, as the server does', () => {
    expect(parseInline('`a\n[1]\nb`')).toEqual([text('`a\n'), { type: 'citation', number: 1 }, text('\nb`')]);
  });

  it('leaves underscores in words and single marks alone', () => {
    expect(parseInline('snake_case_name * and ** here, 2 * 3 * 4')).toEqual([
      text('snake_case_name * and ** here, 2 * 3 * 4'),
    ]);
  });

  it('reads links and bare URLs, without the full stop after them', () => {
    expect(parseInline('See [the page](https://a.example/x "t") or https://b.example/y.')).toEqual([
      text('See '),
      { type: 'link', href: 'https://a.example/x', children: [text('the page')] },
      text(' or '),
      { type: 'link', href: 'https://b.example/y', children: [text('https://b.example/y')] },
      text('.'),
    ]);
  });

  it('reads nested lists', () => {
    expect(parse('- one\n  - inner\n- two\n\ntext')).toEqual([
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [
          [
            { type: 'paragraph', children: [text('one')] },
            { type: 'list', ordered: false, start: 1, items: [[{ type: 'paragraph', children: [text('inner')] }]] },
          ],
          [{ type: 'paragraph', children: [text('two')] }],
        ],
      },
      { type: 'paragraph', children: [text('text')] },
    ]);
  });

  it('keeps the start number of an ordered list', () => {
    expect(parse('3. three\n4. four')).toMatchObject([{ type: 'list', ordered: true, start: 3, items: [{}, {}] }]);
  });

  it('reads tables, quotes, headings and code blocks, also an unclosed one', () => {
    expect(parse('| a | b |\n|---|---|\n| 1 | 2 |')).toEqual([
      { type: 'table', head: [[text('a')], [text('b')]], rows: [[[text('1')], [text('2')]]] },
    ]);
    expect(parse('> said\n> so')).toMatchObject([{ type: 'quote', children: [{ type: 'paragraph' }] }]);
    expect(parse('## Title ##')).toEqual([{ type: 'heading', children: [text('Title')] }]);
    expect(parse('```js\nlet a = "<b>";')).toEqual([{ type: 'code', text: 'let a = "<b>";' }]);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x]( javascript:alert(1) )',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:msgbox(1))',
    '![x](https://tracker.example/pixel.gif)',
    '<a href="javascript:alert(1)">x</a>',
    '<javascript:alert(1)>',
    '[x](java\tscript:alert(1))',
    '[a]: javascript:alert(1)\n[a]',
  ])('makes no unsafe link of %s', (attack) => {
    const links = [...flat(parse(attack)).matchAll(/"href":"([^"]*)"/g)].map((match) => match[1]);
    for (const link of links) expect(link).toMatch(/^https?:/);
    expect(flat(parse(attack))).not.toMatch(/"type":"(?:image|html)"/);
  });

  it('never throws, and links only to allowed protocols', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '**',
        '*',
        '_',
        '`',
        '```\n',
        '[',
        '](',
        ')',
        '\n',
        '\n\n',
        '- ',
        '1. ',
        '> ',
        '|',
        '|---|',
        '# ',
        'javascript:',
        'https://a.b/',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const tree = flat(parse(pieces.join('')));
        for (const match of tree.matchAll(/"href":"([^"]*)"/g)) expect(match[1]).toMatch(/^(?:https?|mailto|tel):/);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the length', () => {
    const start = performance.now();
    parse('*a '.repeat(5_000));
    parse('[a]('.repeat(5_000));
    parse('`'.repeat(5_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('a safe URL', () => {
  it('leads to the web, a mail address or a telephone number', () => {
    expect(safeUrl('https://a.example/')).toBe('https://a.example/');
    expect(safeUrl('mailto:a@b.example')).toBe('mailto:a@b.example');
    expect(safeUrl('tel:+491234')).toBe('tel:+491234');
    expect(safeUrl('/relative')).toBeUndefined();
    expect(safeUrl('javascript:alert(1)')).toBeUndefined();
    expect(safeUrl('file:///etc/passwd')).toBeUndefined();
  });
});
