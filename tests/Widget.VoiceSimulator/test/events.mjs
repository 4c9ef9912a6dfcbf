// @ts-check

/** A generous timeout for busy machines. */
const PATIENCE_MS = 20_000;

/** Collects the events of one connection, and waits for more. */
export class Events {
  all = /** @type {any[]} */ ([]);
  #waiting = /** @type {Set<() => void>} */ (new Set());

  /** @param {string} text */
  add(text) {
    this.all.push({ ...JSON.parse(text), received: performance.now() });
    for (const look of this.#waiting) look();
  }

  get types() {
    return this.all.map((event) => event.type);
  }

  /** @param {string} type */
  of(type) {
    return this.all.filter((event) => event.type === type);
  }

  /**
   * Waits for the first matching event, including those that have arrived already.
   * @param {string} type @param {(event: any) => boolean} [fits] @returns {Promise<any>}
   */
  next(type, fits = () => true) {
    return this.until(() => this.all.find((event) => event.type === type && fits(event)), type);
  }

  /** @template T @param {() => T | undefined | false} find @param {string} what @returns {Promise<T>} */
  until(find, what) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`No ${what} came; what came: ${this.types.join(', ')}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }
}
