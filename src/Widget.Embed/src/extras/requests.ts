/** What forms have in common: ids of their requests, and what the server says about their fields. */
import { ApiError } from '../app/api';
import { newId } from '../app/ids';
import { toJson } from '../app/pristine';

/** The id of a request. A second attempt has the same id, so that it does nothing twice. A changed request is a new one. */
export class RequestId {
  #content = '';
  #id = '';

  for(body: object): string {
    const content = toJson(body);
    if (content !== this.#content) this.#id = newId();
    this.#content = content;
    return this.#id;
  }

  /** The next request is a new one, whatever its content. */
  renew(): void {
    this.#content = '';
  }
}

/** Whether the server has refused this field. */
export function isRefused(error: unknown, field: string): boolean {
  const fields = error instanceof ApiError && error.status < 500 ? Object.keys(error.problem.errors ?? {}) : [];
  return fields.some((name) => name.toLowerCase() === field);
}

/** The server asks to wait: too many requests. */
export function isBusy(error: unknown): boolean {
  return error instanceof ApiError && error.wait !== undefined;
}

/** Where the visitor does something. What they agree to counts for this page. */
export function pageAddress(): string {
  return location.href.slice(0, 2000);
}
