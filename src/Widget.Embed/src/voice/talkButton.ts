/** The push-to-talk button. Reports each press and release to the server, in order. */
import { signal } from '@preact/signals';
import { NativePromise } from '../app/pristine';
import { delay } from '../call/requests';

/** On a press the server first clears what it heard before. The microphone opens after this time at the latest. */
const openAfter = 300;

export class TalkButton {
  readonly held = signal(false);
  /** The microphone may send: from when the server knows of the press until the release. */
  open = false;
  #reports: Promise<unknown> = NativePromise.resolve();

  constructor(
    private readonly report: (pressed: boolean) => Promise<void>,
    private readonly changed: () => void,
  ) {}

  press(pressed: boolean): void {
    if (pressed === this.held.value) return;
    this.held.value = pressed;
    if (!pressed) this.#setOpen(false);
    const reported = this.#reports.then(() => this.report(pressed)).catch(() => undefined);
    this.#reports = reported;
    if (!pressed) return;
    void NativePromise.race([reported, delay(openAfter)]).then(() => {
      if (this.held.value && this.#reports === reported) this.#setOpen(true);
    });
  }

  /** Releases the button without a report: the call is over. */
  stop(): void {
    this.held.value = false;
    this.open = false;
  }

  #setOpen(open: boolean): void {
    if (this.open === open) return;
    this.open = open;
    this.changed();
  }
}
