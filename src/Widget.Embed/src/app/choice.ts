/** A part of the widget that is fetched when it is chosen. */
import { signal } from '@preact/signals';

interface Module {
  cancel(): void;
  destroy(): void;
}

export class Choice<T extends Module> {
  readonly module = signal<T | undefined>(undefined);
  /** It could not be loaded. */
  readonly missing = signal(false);
  #coming: Promise<void> | undefined;
  #destroyed = false;

  constructor(private readonly load: () => Promise<T>) {}

  /** Does something with it, when it is there. */
  async use(action: (module: T) => void): Promise<void> {
    this.missing.value = false;
    try {
      await (this.#coming ??= this.#fetch());
      if (this.module.value) action(this.module.value);
    } catch {
      this.#coming = undefined;
      this.missing.value = true;
    }
  }

  cancel(): void {
    this.module.value?.cancel();
  }

  destroy(): void {
    this.#destroyed = true;
    this.module.value?.destroy();
  }

  async #fetch(): Promise<void> {
    const module = await this.load();
    // The page may have removed the widget meanwhile.
    if (this.#destroyed) module.destroy();
    else this.module.value = module;
  }
}
