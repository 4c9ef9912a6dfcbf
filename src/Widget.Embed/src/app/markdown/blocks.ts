/**
 * The block level of Markdown: paragraphs, headings, code, quotes, lists and tables. The result is a tree, never HTML, so nothing needs
 * sanitizing. Incomplete Markdown is fine, because an answer is shown while it is being written.
 */
import { parseInline } from './inline';
import { maxDepth, type Block, type Inline } from './tree';

const fence = /^\s{0,3}(`{3,}|~{3,})/;
const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;
/** Groups: indentation, marker, text. */
const listItem = /^(\s*)([-*+]|\d{1,9}[.)])(?:\s+(.*)|$)/;
const rule = /^\s{0,3}([-*_])\s*(\1\s*){2,}$/;
const quote = /^\s{0,3}>\s?/;
const tableDivider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** A block, and the index of the line after it. */
type Parsed = [block: Block, next: number];

export function parse(markdown: string): Block[] {
  return parseLines(markdown.replace(/\r\n?/g, '\n').split('\n'), 0);
}

function parseLines(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (isBlank(line) || rule.test(line)) {
      at++;
      continue;
    }
    const [block, next] =
      parseCode(lines, at) ??
      parseHeading(lines, at) ??
      parseQuote(lines, at, depth) ??
      parseList(lines, at, depth) ??
      parseTable(lines, at) ??
      parseParagraph(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

/** A code block without a closing fence continues to the end. */
function parseCode(lines: string[], at: number): Parsed | undefined {
  const opening = fence.exec(lines[at] ?? '')?.[1];
  if (opening === undefined) return undefined;
  const end = findLine(lines, at + 1, (line) => line.trim().startsWith(opening));
  return [{ type: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1];
}

function parseHeading(lines: string[], at: number): Parsed | undefined {
  const text = heading.exec(lines[at] ?? '')?.[1];
  return text === undefined ? undefined : [{ type: 'heading', children: parseInline(text) }, at + 1];
}

function parseQuote(lines: string[], at: number, depth: number): Parsed | undefined {
  if (depth >= maxDepth || !quote.test(lines[at] ?? '')) return undefined;
  const next = findLine(lines, at, (line) => !quote.test(line));
  const content = lines.slice(at, next).map((line) => line.replace(quote, ''));
  return [{ type: 'quote', children: parseLines(content, depth + 1) }, next];
}

interface ListMarker {
  indent: number;
  text: string;
  ordered: boolean;
  /** The rest of the line. */
  content: string;
}

function parseList(lines: string[], from: number, depth: number): Parsed | undefined {
  const first = depth < maxDepth ? parseMarker(lines[from]) : undefined;
  if (!first) return undefined;
  const items: Block[][] = [];
  let next = from;
  for (
    let marker: ListMarker | undefined = first;
    marker && marker.indent <= first.indent + 1 && marker.ordered === first.ordered;
    marker = parseMarker(lines[next])
  ) {
    const end = findItemEnd(lines, next + 1, first.indent, depth);
    const indentation = new RegExp(`^\\s{0,${Math.min(4, first.indent + marker.text.length + 1)}}`);
    const nested = lines.slice(next + 1, end).map((line) => line.replace(indentation, ''));
    items.push(parseLines([marker.content, ...nested], depth + 1));
    next = end;
    // Blank lines between items do not end the list.
    while (isBlank(lines[next]) && listItem.test(lines[next + 1] ?? '')) next++;
  }
  const start = first.ordered ? parseInt(first.text, 10) : 1;
  return [{ type: 'list', ordered: first.ordered, start, items }, next];
}

function parseMarker(line = ''): ListMarker | undefined {
  const match = rule.test(line) ? null : listItem.exec(line);
  if (!match) return undefined;
  const [, indentation = '', text = '', content = ''] = match;
  return { indent: indentation.length, text, ordered: /\d/.test(text), content };
}

/** An item ends at a line that is not indented below it, if that line starts a block or follows a blank line. */
function findItemEnd(lines: string[], from: number, indent: number, depth: number): number {
  return findLine(lines, from, (line, at) => {
    if (isBlank(line)) return !/^\s{2,}\S/.test(lines[at + 1] ?? '');
    if (line.search(/\S/) > indent + 1) return false;
    return startsBlock(line, depth) || isBlank(lines[at - 1]);
  });
}

function parseTable(lines: string[], at: number): Parsed | undefined {
  const [head = '', divider = ''] = lines.slice(at, at + 2);
  if (!head.includes('|') || !tableDivider.test(divider)) return undefined;
  const next = findLine(lines, at + 2, (line) => !line.includes('|'));
  return [{ type: 'table', head: parseRow(head), rows: lines.slice(at + 2, next).map(parseRow) }, next];
}

function parseRow(row: string): Inline[][] {
  const cells = row.trim().replace(/^\||\|$/g, '');
  return cells.split('|').map((cell) => parseInline(cell.trim()));
}

function parseParagraph(lines: string[], at: number, depth: number): Parsed {
  const next = findLine(lines, at + 1, (line) => isBlank(line) || startsBlock(line, depth));
  return [{ type: 'paragraph', children: parseInline(lines.slice(at, next).join('\n').trim()) }, next];
}

/** Whether the line ends a paragraph before it. */
function startsBlock(line: string, depth: number): boolean {
  const blocks = depth < maxDepth ? [fence, heading, rule, quote, listItem] : [fence, heading, rule];
  return blocks.some((block) => block.test(line));
}

/** The first line that meets the condition; the end if none does. */
function findLine(lines: string[], from: number, condition: (line: string, at: number) => boolean): number {
  let at = from;
  while (at < lines.length && !condition(lines[at] ?? '', at)) at++;
  return at;
}

/** False after the last line. */
function isBlank(line: string | undefined): boolean {
  return line?.trim() === '';
}
