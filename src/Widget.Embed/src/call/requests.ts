/** Requests of a call to our API: a time limit, one retry, and error messages for the visitor. */
import { ApiError } from '../app/api';
import { NativePromise } from '../app/pristine';

const defaultTimeout = 8_000;
const retryDelay = 500;

export function delay(milliseconds: number): Promise<void> {
  return new NativePromise((resolve) => setTimeout(resolve, milliseconds));
}

/** Fails a request that gets no response in time. When the network changes, requests can hang forever. */
export function withTimeout<T>(request: Promise<T>, milliseconds = defaultTimeout): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const timeout = new NativePromise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The server did not respond in time.')), milliseconds);
  });
  return NativePromise.race([request, timeout]).finally(() => clearTimeout(timer));
}

/** Repeats a request once if the network or the server failed. Every request that a call makes is safe to repeat. */
export async function retryOnce<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (isFinal(error)) throw error;
    await delay(retryDelay);
    return request();
  }
}

/** The server's message for the visitor. Undefined if the server sent only a status code. */
export function serverMessage(error: unknown): string | undefined {
  // Without problem details the message is the status code.
  return error instanceof ApiError && !/^\d+$/.test(error.message) ? error.message : undefined;
}

/** Our API explains 502 and 503: the provider failed, or calls are not available. A proxy's own 502 has no explanation. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status < 500 || error.status === 503 || (error.status === 502 && serverMessage(error) !== undefined);
}
