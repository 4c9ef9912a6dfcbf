/** HTTP requests to our API. Bodies are JSON, or a Blob that is sent as it is. Errors carry the title of the problem details. */
import { toJson } from './pristine';

/** Problem details, as in RFC 9457. */
export interface Problem {
  title?: string;
  code?: string;
  /** What is wrong, by field. */
  errors?: Partial<Record<string, string[]>>;
}

export class ApiError extends Error {
  /** Milliseconds until a retry may succeed, with up to a second of jitter; undefined if a retry would not help. */
  readonly wait: number | undefined;

  /** @param retryAfter The Retry-After header, in seconds. */
  constructor(
    readonly status: number,
    message: string,
    retryAfter?: string | null,
    readonly problem: Problem = {},
  ) {
    super(message);
    this.wait = retryAfter ? (+retryAfter + Math.random()) * 1000 : undefined;
  }
}

export async function request(
  api: string,
  path: string,
  options: { token?: string; body?: unknown; accept?: string; signal?: AbortSignal; keepalive?: boolean } = {},
): Promise<Response> {
  const file = options.body instanceof Blob ? options.body : undefined;
  const response = await fetch(api + path, {
    method: options.body === undefined ? 'GET' : 'POST',
    credentials: 'omit',
    keepalive: options.keepalive ?? false,
    headers: {
      accept: options.accept ?? 'application/json',
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': file?.type ?? 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: file ?? toJson(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as Problem;
  throw new ApiError(
    response.status,
    problem.title ?? String(response.status),
    response.headers.get('retry-after'),
    problem,
  );
}
