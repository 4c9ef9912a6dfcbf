/** Turns an answer's Markdown into sentences to be spoken. Each letter knows its position in the answer. */
import { parse } from '../app/markdown/blocks';
import type { Block, Inline } from '../app/markdown/tree';
import type { TextRange } from './model';
import { align } from './alignment';

export interface Sentence extends TextRange {
  text: string;
  /** The position of each letter of the text in the answer. */
  positions: number[];
}

/** A piece of rendered text and what is spoken for it; a break ends the sentence. */
type Piece = { shown: string; spoken: string } | 'break';

/** In letters. Some browsers' voices stop after about fourteen seconds, without an event. */
const maxSentenceLength = 180;

/**
 * @param markdown The answer, which may be incomplete.
 * @param language The answer's language, to find the ends of sentences.
 * @param code SpokenLine in place of a code block.
 */
export function splitIntoSentences(markdown: string, language: string, code: string): Sentence[] {
  const pieces = parse(markdown).flatMap((block) => blockPieces(block, code));
  const rendered = align(markdown, pieces.map((piece) => (piece === 'break' ? '' : piece.shown)).join(''));
  return toPassages(pieces, rendered).flatMap((passage) => toSentences(passage, language));
}

/** Text between two breaks, with the position of each letter. */
interface Passage {
  text: string;
  positions: number[];
}

function toPassages(pieces: Piece[], rendered: number[]): Passage[] {
  let passage: Passage = { text: '', positions: [] };
  const passages = [passage];
  let at = 0;
  for (const piece of pieces) {
    if (piece === 'break') {
      passage = { text: '', positions: [] };
      passages.push(passage);
      continue;
    }
    const { shown, spoken } = piece;
    const start = rendered[at] ?? (at > 0 ? (rendered[at - 1] ?? 0) + 1 : 0);
    for (let i = 0; i < spoken.length; i++)
      // Speech that differs from the rendered text has the position of that text's first letter.
      passage.positions.push(spoken === shown ? (rendered[at + i] ?? start) : start);
    passage.text += spoken;
    at += shown.length;
  }
  return passages;
}

function toSentences({ text, positions }: Passage, language: string): Sentence[] {
  return splitSentences(text, language).map(([from, to]) => {
    const letters = positions.slice(from, to);
    return {
      text: text.slice(from, to),
      positions: letters,
      start: letters[0] ?? 0,
      end: (letters.at(-1) ?? 0) + 1,
    };
  });
}

function blockPieces(block: Block, code: string): Piece[] {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return [...inlinePieces(block.children), 'break'];
    case 'code':
      return [{ shown: block.text, spoken: code }, 'break'];
    case 'quote':
      return block.children.flatMap((child) => blockPieces(child, code));
    case 'list':
      return block.items.flatMap((item) => item.flatMap((child) => blockPieces(child, code)));
    case 'table': {
      // Row by row, each cell with the name of its column, so that it makes sense without seeing the table.
      const names = block.head.map((cell) => spokenText(inlinePieces(cell)).trim());
      return [
        ...block.head.flatMap((cell) => inlinePieces(cell).map(withoutSpeech)),
        ...block.rows.flatMap((row) => [
          ...row.flatMap((cell, i): Piece[] => [
            { shown: '', spoken: `${i > 0 ? ', ' : ''}${names[i] ? `${names[i]}: ` : ''}` },
            ...inlinePieces(cell),
          ]),
          'break' as const,
        ]),
      ];
    }
  }
}

function inlinePieces(nodes: Inline[]): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    switch (node.type) {
      case 'text':
        return withoutEmoji(node.text);
      case 'code':
        return [{ shown: node.text, spoken: node.text }];
      case 'link': {
        const label = spokenText(inlinePieces(node.children));
        // A bare URL is spoken as its host name.
        return /^https?:\/\//.test(label) ? [{ shown: label, spoken: hostname(label) }] : inlinePieces(node.children);
      }
      case 'citation':
        return [];
      case 'break':
        return [{ shown: '', spoken: ' ' }];
      default:
        return inlinePieces(node.children);
    }
  });
}

/** Voices would read "😀" as "grinning face". */
function withoutEmoji(text: string): Piece[] {
  return text
    .split(/(\p{Extended_Pictographic}[\p{Emoji_Modifier}\u{FE0F}\u{200D}\p{Extended_Pictographic}]*)/u)
    .map((part, i) => ({ shown: part, spoken: i % 2 ? '' : part }));
}

function withoutSpeech(piece: Piece): Piece {
  return piece === 'break' ? piece : { shown: piece.shown, spoken: '' };
}

function spokenText(pieces: Piece[]): string {
  return pieces.map((piece) => (piece === 'break' ? '' : piece.spoken)).join('');
}

function hostname(address: string): string {
  try {
    return new URL(address).hostname.replace(/^www\./, '');
  } catch {
    return address;
  }
}

/** The ranges of the sentences, without surrounding space. Leaves out sentences without letters and digits. */
function splitSentences(text: string, language: string): [number, number][] {
  return sentenceRanges(text, language)
    .flatMap(([from, to]) => splitLong(text, from, to))
    .flatMap(([from, to]): [number, number][] => {
      const part = text.slice(from, to);
      const start = from + part.length - part.trimStart().length;
      return /[\p{L}\p{N}]/u.test(part) ? [[start, from + part.trimEnd().length]] : [];
    });
}

function sentenceRanges(text: string, language: string): [number, number][] {
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

/** Splits a sentence that is too long, if possible at a comma, else at a space. */
function splitLong(text: string, from: number, to: number): [number, number][] {
  if (to - from <= maxSentenceLength) return [[from, to]];
  const part = text.slice(from, from + maxSentenceLength);
  const comma = Math.max(
    ...[...part.matchAll(/[,;:،、–—]\s*/g)].map(({ index, 0: found }) => index + found.length),
    -1,
  );
  const space = part.lastIndexOf(' ') + 1;
  const cut = from + (comma > maxSentenceLength / 3 ? comma : space > 0 ? space : maxSentenceLength);
  return [[from, cut], ...splitLong(text, cut, to)];
}
