/** Highlights the spoken text in the thread. Uses the highlight API, or else marks the paragraph. */
import type { TextRange } from './model';
import { align } from './alignment';

const names = ['widget-sentence', 'widget-word'] as const;

export class Highlighter {
  /** Our ranges by highlight name. Another widget on the page may use the same names. */
  readonly #shown = new Map<string, Range>();
  #marked: Element | undefined;
  /** The last alignment. It is expensive, and each word needs it. */
  #cache = { markdown: '', rendered: '', positions: [] as number[] };

  constructor(private readonly shadow: ShadowRoot) {}

  show(messageId: string, markdown: string, sentence: TextRange | undefined, word: TextRange | undefined): void {
    const bubble = [...this.shadow.querySelectorAll('.message')]
      .find((message) => message instanceof HTMLElement && message.dataset.message === messageId)
      ?.querySelector('.bubble');
    const nodes = bubble ? textNodes(bubble) : [];
    const rendered = nodes.map((node) => node.data).join('');
    if (this.#cache.markdown !== markdown || this.#cache.rendered !== rendered)
      this.#cache = { markdown, rendered, positions: align(markdown, rendered) };
    const { positions } = this.#cache;
    const [whole, part] = [sentence, word].map((range) => range && toDomRange(nodes, rendered, positions, range));
    if ('highlights' in CSS) {
      this.#highlight('widget-sentence', whole);
      this.#highlight('widget-word', part);
    } else {
      this.#mark(whole?.startContainer.parentElement?.closest('p, li, pre, tr, blockquote') ?? undefined);
    }
  }

  clear(): void {
    if ('highlights' in CSS) for (const name of names) this.#highlight(name, undefined);
    this.#mark(undefined);
  }

  #highlight(name: (typeof names)[number], range: Range | undefined): void {
    let highlight = CSS.highlights.get(name);
    const previous = this.#shown.get(name);
    if (previous) highlight?.delete(previous);
    this.#shown.delete(name);
    if (!range) return;
    if (!highlight) {
      highlight = new Highlight();
      // The word's highlight wins over the sentence's.
      highlight.priority = names.indexOf(name);
      CSS.highlights.set(name, highlight);
    }
    highlight.add(range);
    this.#shown.set(name, range);
  }

  #mark(element: Element | undefined): void {
    this.#marked?.removeAttribute('data-spoken');
    this.#marked = element;
    element?.setAttribute('data-spoken', '');
  }
}

/** The text nodes of a rendered answer, without its citation numbers. */
function textNodes(bubble: Element): Text[] {
  const walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (!node.parentElement?.closest('.citation')) found.push(node);
  }
  return found;
}

function toDomRange(
  nodes: Text[],
  rendered: string,
  positions: number[],
  { start, end }: TextRange,
): Range | undefined {
  const isInside = (position: number, i: number): boolean =>
    position >= start && position < end && /\S/.test(rendered[i] ?? '');
  const first = positions.findIndex(isInside);
  const last = positions.findLastIndex(isInside);
  if (first < 0) return undefined;
  const range = document.createRange();
  let before = 0;
  for (const node of nodes) {
    const { length } = node;
    if (first >= before && first < before + length) range.setStart(node, first - before);
    if (last >= before && last < before + length) range.setEnd(node, last - before + 1);
    before += length;
  }
  return range;
}
