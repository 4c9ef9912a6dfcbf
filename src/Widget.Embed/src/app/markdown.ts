/**
 * Markdown to a tree of the few elements that an answer may have. Nothing is ever parsed as HTML, so there is nothing to sanitise
 * away: what is not one of these nodes is text. A half-written answer is as good as a whole one.
 */

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'link'; href: string; children: Inline[] }
  | { type: 'citation'; number: number }
  | { type: 'break' };

export type Block =
  | { type: 'paragraph' | 'heading'; children: Inline[] }
  | { type: 'code'; text: string }
  | { type: 'quote'; children: Block[] }
  | { type: 'list'; ordered: boolean; start: number; items: Block[][] }
  | { type: 'table'; head: Inline[][]; rows: Inline[][][] };

const deepest = 6;

const fence = /^\s{0,3}(`{3,}|~{3,})/;
const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;
const item = /^(\s*)([-*+]|\d{1,9}[.)])(?:\s+(.*)|$)/;
const rule = /^\s{0,3}([-*_])\s*(\1\s*){2,}$/;
const quote = /^\s{0,3}>\s?/;
const divider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

export function parse(markdown: string): Block[] {
  return blocks(markdown.replace(/\r\n?/g, '\n').split('\n'), 0);
}

function blocks(lines: string[], depth: number): Block[] {
  const found: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] ?? '';
    const fenced = fence.exec(line);
    if (line.trim() === '' || rule.test(line)) {
      i++;
    } else if (fenced) {
      const end = lines.findIndex((other, at) => at > i && other.trim().startsWith(fenced[1] ?? '```'));
      const close = end < 0 ? lines.length : end;
      found.push({ type: 'code', text: lines.slice(i + 1, close).join('\n') });
      i = close + 1;
    } else if (heading.test(line)) {
      found.push({ type: 'heading', children: inline(heading.exec(line)?.[1] ?? '') });
      i++;
    } else if (depth < deepest && quote.test(line)) {
      const end = until(lines, i, (other) => !quote.test(other));
      found.push({
        type: 'quote',
        children: blocks(
          lines.slice(i, end).map((other) => other.replace(quote, '')),
          depth + 1,
        ),
      });
      i = end;
    } else if (depth < deepest && item.test(line)) {
      i = list(lines, i, depth, found);
    } else if (line.includes('|') && divider.test(lines[i + 1] ?? '') && (lines[i + 1] ?? '').includes('-')) {
      const end = until(lines, i + 2, (other) => !other.includes('|'));
      found.push({ type: 'table', head: cells(line), rows: lines.slice(i + 2, end).map(cells) });
      i = end;
    } else {
      const end = until(lines, i + 1, (other) => other.trim() === '' || startsBlock(other, depth));
      found.push({ type: 'paragraph', children: inline(lines.slice(i, end).join('\n').trim()) });
      i = end;
    }
  }
  return found;
}

function startsBlock(line: string, depth: number): boolean {
  return (
    fence.test(line) ||
    heading.test(line) ||
    rule.test(line) ||
    (depth < deepest && (quote.test(line) || item.test(line)))
  );
}

/** Reads a list that starts at a line; what is indented under an item belongs to it. */
function list(lines: string[], from: number, depth: number, found: Block[]): number {
  const first = item.exec(lines[from] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const ordered = /\d/.test(first?.[2] ?? '');
  const items: Block[][] = [];
  let i = from;
  while (i < lines.length) {
    const match = item.exec(lines[i] ?? '');
    if (
      !match ||
      (match[1]?.length ?? 0) > indent + 1 ||
      /\d/.test(match[2] ?? '') !== ordered ||
      rule.test(lines[i] ?? '')
    )
      break;
    const end = until(lines, i + 1, (other, at) => {
      if (other.trim() === '') return !/^\s{2,}\S/.test(lines[at + 1] ?? '');
      const nested = /^\s*/.exec(other)?.[0].length ?? 0;
      return (
        nested <= indent + 1 && (item.test(other) || startsBlock(other, depth) || (lines[at - 1] ?? '').trim() === '')
      );
    });
    const width = Math.min(4, indent + (match[2]?.length ?? 1) + 1);
    const body = [
      match[3] ?? '',
      ...lines.slice(i + 1, end).map((other) => other.replace(new RegExp(`^\\s{0,${width}}`), '')),
    ];
    items.push(blocks(body, depth + 1));
    i = end;
    while (i < lines.length && lines[i]?.trim() === '' && item.test(lines[i + 1] ?? '')) i++;
  }
  found.push({ type: 'list', ordered, start: ordered ? parseInt(first?.[2] ?? '1', 10) : 1, items });
  return i;
}

function until(lines: string[], from: number, stop: (line: string, at: number) => boolean): number {
  let i = from;
  while (i < lines.length && !stop(lines[i] ?? '', i)) i++;
  return i;
}

function cells(row: string): Inline[][] {
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => inline(cell.trim()));
}

// In order of precedence: escape, code, link, citation, bare address, strong, em, del, hard break.
const token =
  /\\([\\`*_{}[\]()#+\-.!|~>])|(`+)([^\n]+?)\2(?!`)|\[([^[\]]*)\]\(\s*<?([^\s<>)]+)>?(?:\s+"[^"]*")?\s*\)|\[(\d{1,3})\]|(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])|(\*\*|__)(?=\S)(.+?\S|\S)\8(?!\*)|([*_])(?=\S)(.+?\S|\S)\10(?![\p{L}\p{N}])|~~(?=\S)(.+?)~~|(?: {2,}|\\)\n/su;

export function inline(text: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let rest = text;
  while (rest !== '') {
    const match = depth < deepest ? token.exec(rest) : null;
    if (!match || (match[10] === '_' && /[\p{L}\p{N}]$/u.test(rest.slice(0, match.index)))) {
      // An underscore inside a word is no emphasis: pass over it and go on behind.
      const skip = match ? match.index + 1 : rest.length;
      pushText(found, rest.slice(0, skip));
      rest = rest.slice(skip);
      continue;
    }
    pushText(found, rest.slice(0, match.index));
    rest = rest.slice(match.index + match[0].length);
    found.push(node(match, depth));
  }
  return found;
}

function node(match: RegExpExecArray, depth: number): Inline {
  const [, escaped, , code, label, target, citation, address, , strong, , em, del] = match;
  if (escaped !== undefined) return { type: 'text', text: escaped };
  if (code !== undefined) return { type: 'code', text: code.trim() };
  if (label !== undefined && target !== undefined) {
    const href = safe(target);
    const children = inline(label === '' ? target : label, depth + 1);
    return href ? { type: 'link', href, children } : { type: 'text', text: label === '' ? target : label };
  }
  if (citation !== undefined) return { type: 'citation', number: Number(citation) };
  if (address !== undefined) {
    const href = safe(address);
    return href ? { type: 'link', href, children: [{ type: 'text', text: address }] } : { type: 'text', text: address };
  }
  if (strong !== undefined) return { type: 'strong', children: inline(strong, depth + 1) };
  if (em !== undefined) return { type: 'em', children: inline(em, depth + 1) };
  if (del !== undefined) return { type: 'del', children: inline(del, depth + 1) };
  return { type: 'break' };
}

function pushText(found: Inline[], text: string): void {
  if (text === '') return;
  const last = found.at(-1);
  if (last?.type === 'text') last.text += text;
  else found.push({ type: 'text', text });
}

/** The address when a visitor may follow it from an answer: web, mail, telephone. */
export function safe(address: string): string | undefined {
  try {
    const url = new URL(address);
    return ['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
