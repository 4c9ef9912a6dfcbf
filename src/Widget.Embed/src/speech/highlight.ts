/** Shows what is being spoken where it stands in the thread: as highlights, which leave the elements alone, or else by marking its paragraph. */
import type { Place } from './model';
import { align } from './place';

const names = ['widget-sentence', 'widget-word'] as const;

export class Highlighter {
  /** By name. Others on the page may have highlights of these names, too, such as another widget. */
  readonly #shown = new Map<string, Range>();
  #marked: Element | undefined;
  #known = { markdown: '', rendered: '', places: [] as number[] };

  constructor(private readonly shadow: ShadowRoot) {}

  show(messageId: string, markdown: string, sentence: Place | undefined, word: Place | undefined): void {
    const bubble = [...this.shadow.querySelectorAll('.message')].find(
      (message) => message instanceof HTMLElement && message.dataset.message === messageId,
    )?.firstElementChild;
    const nodes = bubble ? texts(bubble) : [];
    const rendered = nodes.map((node) => node.data).join('');
    if (this.#known.markdown !== markdown || this.#known.rendered !== rendered)
      this.#known = { markdown, rendered, places: align(markdown, rendered) };
    const { places } = this.#known;
    const [whole, part] = [sentence, word].map((place) => place && rangeOf(nodes, rendered, places, place));
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
    const before = this.#shown.get(name);
    if (before) highlight?.delete(before);
    this.#shown.delete(name);
    if (!range) return;
    if (!highlight) {
      highlight = new Highlight();
      // The word stands in its sentence.
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

/** The rendered answer's text; the numbers of its citations are no part of it. */
function texts(bubble: Element): Text[] {
  const walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (!node.parentElement?.closest('.citation')) found.push(node);
  }
  return found;
}

function rangeOf(nodes: Text[], rendered: string, places: number[], { start, end }: Place): Range | undefined {
  const first = places.findIndex((place, i) => place >= start && place < end && /\S/.test(rendered[i] ?? ''));
  const last = places.findLastIndex((place, i) => place >= start && place < end && /\S/.test(rendered[i] ?? ''));
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
