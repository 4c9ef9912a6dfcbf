/** What both sides are saying right now. What was said stands in the thread. */
import { signal } from '@preact/signals';
import type { Speaker } from '../app/events';

export interface Caption {
  speaker: Speaker;
  item: string;
  text: string;
}

export class Captions {
  /** One of each speaker at most; whoever began last is last. */
  readonly lines = signal<readonly Caption[]>([]);
  readonly #said = new Set<string>();

  live(caption: Caption): void {
    if (caption.text === '' || this.#said.has(caption.item)) return;
    const same = (line: Caption): boolean => line.item === caption.item;
    this.lines.value = this.lines.value.some(same)
      ? this.lines.value.map((line) => (same(line) ? caption : line))
      : [...this.lines.value.filter(({ speaker }) => speaker !== caption.speaker), caption];
  }

  /** It stands in the thread now; what comes late of it is not shown again. */
  said(speaker: Speaker): void {
    for (const line of this.lines.value) if (line.speaker === speaker) this.#said.add(line.item);
    this.lines.value = this.lines.value.filter((line) => line.speaker !== speaker);
  }

  clear(): void {
    this.lines.value = [];
  }
}
