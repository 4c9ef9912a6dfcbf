/** A module of the widget that is loaded on demand. */
import { signal } from '@preact/signals';

interface Module {
  cancel(): void;
  destroy(): void;
}

export class LazyModule<T extends Module> {
  readonly module = signal<T | undefined>(undefined);
  /** Loading has failed. */
  readonly loadFailed = signal(false);
  #loading: Promise<void> | undefined;
  #destroyed = false;

  constructor(private readonly load: () => Promise<T>) {}

  /** Runs an action once the module is loaded. */
  async use(action: (module: T) => void): Promise<void> {
    this.loadFailed.value = false;
    try {
      await (this.#loading ??= this.#load());
      if (this.module.value) action(this.module.value);
    } catch {
      this.#loading = undefined;
      this.loadFailed.value = true;
    }
  }

  cancel(): void {
    this.module.value?.cancel();
  }

  destroy(): void {
    this.#destroyed = true;
    this.module.value?.destroy();
  }

  async #load(): Promise<void> {
    const module = await this.load();
    // The widget may have been removed while the module was loading.
    if (this.#destroyed) module.destroy();
    else this.module.value = module;
  }
}
