/** The inline level of Markdown: emphasis, code, links, citations and line breaks. */
import { safeUrl } from './links';
import { maxDepth, type Inline } from './tree';

const escape = /\\(?<escaped>[\\`*_{}[\]()#+\-.!|~>])/su;
const code = /(?<ticks>`+)(?<code>[^\n]+?)\k<ticks>(?!`)/su;
const link = /\[(?<label>[^[\]]*)\]\(\s*<?(?<target>[^\s<>)]+)>?(?:\s+"[^"]*")?\s*\)/su;
const citation = /\[(?<citation>\d{1,3})\]/su;
/** Without the punctuation that follows it. */
const bareUrl = /(?<url>https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/su;
const strong = /(?<strongMark>\*\*|__)(?=\S)(?<strong>.+?\S|\S)\k<strongMark>(?!\*)/su;
const emphasis = /(?<emMark>[*_])(?=\S)(?<em>.+?\S|\S)\k<emMark>(?![\p{L}\p{N}])/su;
const deletion = /~~(?=\S)(?<del>.+?)~~/su;
const hardBreak = /(?: {2,}|\\)\n/su;

/** In order of precedence. */
const tokens = [escape, code, link, citation, bareUrl, strong, emphasis, deletion, hardBreak];
const token = new RegExp(tokens.map(({ source }) => source).join('|'), 'su');
const endsInWord = /[\p{L}\p{N}]$/u;

type Groups = Partial<Record<string, string>>;

export function parseInline(text: string, depth = 0): Inline[] {
  const nodes: Inline[] = [];
  let rest = text;
  for (;;) {
    const match = depth < maxDepth ? token.exec(rest) : null;
    if (!match) {
      appendText(nodes, rest);
      return nodes;
    }
    const groups: Groups = match.groups ?? {};
    const before = rest.slice(0, match.index);
    appendText(nodes, before);
    if (groups.emMark === '_' && endsInWord.test(before)) {
      // An underscore inside a word is not emphasis.
      appendText(nodes, '_');
      rest = rest.slice(match.index + 1);
    } else {
      nodes.push(toNode(groups, depth + 1));
      rest = rest.slice(match.index + match[0].length);
    }
  }
}

function toNode({ escaped, code, label = '', target, citation, url, strong, em, del }: Groups, depth: number): Inline {
  if (escaped !== undefined) return { type: 'text', text: escaped };
  if (code !== undefined) return { type: 'code', text: code.trim() };
  if (target !== undefined) return toLink(target, label === '' ? target : label, depth);
  if (citation !== undefined) return { type: 'citation', number: Number(citation) };
  // Its text must not be read as Markdown: URLs contain underscores.
  if (url !== undefined) return toLink(url, url, maxDepth);
  if (strong !== undefined) return { type: 'strong', children: parseInline(strong, depth) };
  if (em !== undefined) return { type: 'em', children: parseInline(em, depth) };
  if (del !== undefined) return { type: 'del', children: parseInline(del, depth) };
  return { type: 'break' };
}

function toLink(target: string, label: string, depth: number): Inline {
  const href = safeUrl(target);
  return href ? { type: 'link', href, children: parseInline(label, depth) } : { type: 'text', text: label };
}

/** Extends a text node if the last one is one. */
function appendText(nodes: Inline[], text: string): void {
  if (text === '') return;
  const last = nodes.at(-1);
  if (last?.type === 'text') last.text += text;
  else nodes.push({ type: 'text', text });
}
