/** What both sides are saying at the moment. Finished utterances appear in the thread. */
import { signal } from '@preact/signals';
import type { Speaker } from '../app/events';

export interface Caption {
  speaker: Speaker;
  /** Identifies the utterance. */
  item: string;
  text: string;
}

export class Captions {
  /** At most one per speaker, in the order in which they began. */
  readonly lines = signal<readonly Caption[]>([]);
  readonly #finished = new Set<string>();

  update(caption: Caption): void {
    if (caption.text === '' || this.#finished.has(caption.item)) return;
    const isSame = (line: Caption): boolean => line.item === caption.item;
    this.lines.value = this.lines.value.some(isSame)
      ? this.lines.value.map((line) => (isSame(line) ? caption : line))
      : [...this.lines.value.filter(({ speaker }) => speaker !== caption.speaker), caption];
  }

  /** The thread shows the utterance now. Late updates to it are ignored. */
  remove(speaker: Speaker): void {
    for (const line of this.lines.value) if (line.speaker === speaker) this.#finished.add(line.item);
    this.lines.value = this.lines.value.filter((line) => line.speaker !== speaker);
  }

  clear(): void {
    this.lines.value = [];
  }
}
