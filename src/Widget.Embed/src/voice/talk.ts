/** The button that is held while speaking: the server hears of it in the order in which it was pressed and let go. */
import { signal } from '@preact/signals';

/** The server clears what it heard before; nobody waits for that longer than this. */
const clearing = 300;

export class TalkButton {
  readonly held = signal(false);
  /** Sound may pass: after the server knows that it was pressed, until it is let go. */
  open = false;
  #told: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly tell: (pressed: boolean) => Promise<void>,
    private readonly changed: () => void,
  ) {}

  press(pressed: boolean): void {
    if (pressed === this.held.value) return;
    this.held.value = pressed;
    if (!pressed) this.#pass(false);
    const told = this.#told.then(() => this.tell(pressed)).catch(() => undefined);
    this.#told = told;
    if (!pressed) return;
    void Promise.race([told, new Promise((resolve) => setTimeout(resolve, clearing))]).then(() => {
      if (this.held.value && this.#told === told) this.#pass(true);
    });
  }

  /** Lets go without a word: the call is over. */
  stop(): void {
    this.held.value = false;
    this.open = false;
  }

  #pass(open: boolean): void {
    if (this.open === open) return;
    this.open = open;
    this.changed();
  }
}
