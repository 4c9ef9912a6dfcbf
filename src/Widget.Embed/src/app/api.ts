/** HTTP to the API: JSON there and back, errors as what the problem details say. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export async function request(
  api: string,
  path: string,
  options: { token?: string; body?: unknown; accept?: string; signal?: AbortSignal; keepalive?: boolean } = {},
): Promise<Response> {
  const response = await fetch(api + path, {
    method: options.body === undefined ? 'GET' : 'POST',
    credentials: 'omit',
    keepalive: options.keepalive ?? false,
    headers: {
      accept: options.accept ?? 'application/json',
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { title?: string };
  throw new ApiError(response.status, problem.title ?? `${response.status}`);
}
