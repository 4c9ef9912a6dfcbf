/** An answer's Markdown as the sentences to say aloud, each letter of which knows its place in the answer. */
import { parse } from '../app/markdown/blocks';
import type { Block, Inline } from '../app/markdown/tree';
import type { Place } from './model';
import { align } from './place';

export interface Sentence extends Place {
  text: string;
  /** Where in the answer each letter of the text stands. */
  places: number[];
}

/** What is shown and what is said for it; a break where a sentence ends whatever it ends with. */
type Piece = { shown: string; said: string } | 'break';

/** The voices of some browsers fall silent after fourteen seconds, without a word; at an unhurried pace that is about this much. */
const longest = 180;

/**
 * @param markdown The answer, perhaps not all of it.
 * @param language Of the answer, for where its sentences end.
 * @param code Said in the place of a block of code.
 */
export function sentences(markdown: string, language: string, code: string): Sentence[] {
  const pieces = parse(markdown).flatMap((block) => ofBlock(block, code));
  const shown = align(markdown, pieces.map((piece) => (piece === 'break' ? '' : piece.shown)).join(''));
  const found: Sentence[] = [];
  let text = '';
  let places: number[] = [];
  let at = 0;
  const end = (): void => {
    for (const [from, to] of cut(text, language)) {
      const letters = places.slice(from, to);
      found.push({
        text: text.slice(from, to),
        places: letters,
        start: letters[0] ?? 0,
        end: (letters.at(-1) ?? 0) + 1,
      });
    }
    text = '';
    places = [];
  };
  for (const piece of pieces) {
    if (piece === 'break') {
      end();
      continue;
    }
    const start = shown[at] ?? (at > 0 ? (shown[at - 1] ?? 0) + 1 : 0);
    for (let i = 0; i < piece.said.length; i++)
      places.push(piece.said === piece.shown ? (shown[at + i] ?? start) : start);
    text += piece.said;
    at += piece.shown.length;
  }
  end();
  return found;
}

function ofBlock(block: Block, code: string): Piece[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return [...ofInline(block.children), 'break'];
    case 'code':
      return [{ shown: block.text, said: code }, 'break'];
    case 'quote':
      return block.children.flatMap((child) => ofBlock(child, code));
    case 'list':
      return block.items.flatMap((item) => item.flatMap((child) => ofBlock(child, code)));
    case 'table': {
      // Row by row, each cell with the name of its column, as one would read it to somebody who does not see it.
      const names = block.head.map((cell) => saidOf(ofInline(cell)).trim());
      return [
        ...block.head.flatMap((cell) => ofInline(cell).map(silent)),
        ...block.rows.flatMap((row) => [
          ...row.flatMap((cell, i): Piece[] => [
            { shown: '', said: `${i > 0 ? ', ' : ''}${names[i] ? `${names[i]}: ` : ''}` },
            ...ofInline(cell),
          ]),
          'break' as const,
        ]),
      ];
    }
  }
}

function ofInline(nodes: Inline[]): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    switch (node.type) {
      case 'text':
        return pictures(node.text);
      case 'code':
        return [{ shown: node.text, said: node.text }];
      case 'link': {
        const label = saidOf(ofInline(node.children));
        // A bare address is read as the name of its site.
        return /^https?:\/\//.test(label) ? [{ shown: label, said: site(label) }] : ofInline(node.children);
      }
      case 'citation':
        return [];
      case 'break':
        return [{ shown: '', said: ' ' }];
      default:
        return ofInline(node.children);
    }
  });
}

/** Voices read "😀" as "grinning face". */
function pictures(text: string): Piece[] {
  return text
    .split(/(\p{Extended_Pictographic}[\p{Emoji_Modifier}\u{FE0F}\u{200D}\p{Extended_Pictographic}]*)/u)
    .map((part, i) => ({ shown: part, said: i % 2 ? '' : part }));
}

function silent(piece: Piece): Piece {
  return piece === 'break' ? piece : { shown: piece.shown, said: '' };
}

function saidOf(pieces: Piece[]): string {
  return pieces.map((piece) => (piece === 'break' ? '' : piece.said)).join('');
}

function site(address: string): string {
  try {
    return new URL(address).hostname.replace(/^www\./, '');
  } catch {
    return address;
  }
}

/** Where its sentences begin and end, without the space around them; none without a letter or a number. */
function cut(text: string, language: string): [number, number][] {
  return ends(text, language)
    .flatMap(([from, to]) => short(text, from, to))
    .flatMap(([from, to]): [number, number][] => {
      const part = text.slice(from, to);
      const start = from + part.length - part.trimStart().length;
      return /[\p{L}\p{N}]/u.test(part) ? [[start, from + part.trimEnd().length]] : [];
    });
}

function ends(text: string, language: string): [number, number][] {
  if ('Segmenter' in Intl)
    return [...new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text)].map(({ index, segment }) => [
      index,
      index + segment.length,
    ]);
  return [...text.matchAll(/.+?(?:[.!?…؟]+["')\]»”]*\s+|[。！？]|$)/gsu)].map(({ index, 0: { length } }) => [
    index,
    index + length,
  ]);
}

/** A long sentence in several breaths, at a comma if there is one. */
function short(text: string, from: number, to: number): [number, number][] {
  if (to - from <= longest) return [[from, to]];
  const part = text.slice(from, from + longest);
  const pause = Math.max(
    ...[...part.matchAll(/[,;:،、–—]\s*/g)].map(({ index, 0: found }) => index + found.length),
    -1,
  );
  const space = part.lastIndexOf(' ') + 1;
  const breath = from + (pause > longest / 3 ? pause : space > 0 ? space : longest);
  return [[from, breath], ...short(text, breath, to)];
}
