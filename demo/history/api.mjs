// The API as the demo's history uses it: with a company's API key, or as a visitor of its site.

/** The API refused a request. Anything else that is thrown means that the API can't be reached. */
export class Refused extends Error {}

const patience = 60_000;
const attempts = 3;

// All requests have an id of their own or can be repeated, so one for which the API has no time right now is sent again.
async function send(...request) {
  for (let attempt = 1; ; attempt++) {
    const { response, text } = await sendOnce(...request);
    if (response.ok) return text ? JSON.parse(text) : undefined;
    const [url, method] = request;
    if (attempt === attempts || ![429, 503].includes(response.status))
      throw new Refused(`${method} ${new URL(url).pathname}: ${response.status} ${reason(text)}`);
    await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
  }
}

async function sendOnce(url, method, headers, body) {
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });
  return { response, text: await response.text() };
}

// What a problem says, in one line.
function reason(text) {
  try {
    const { title, detail, errors } = JSON.parse(text);
    return Object.values(errors ?? {}).flat()[0] ?? detail ?? title;
  } catch {
    return text.slice(0, 200);
  }
}

/** Requests of a company's staff. @param api The API's address. */
export const staffOf = (api, apiKey) => (method, path, body) => send(api + path, method, { authorization: `Bearer ${apiKey}` }, body);

/** Opens a session as the widget does. @returns The session, and a function for the visitor's other requests. */
export async function openSession(api, origin, request) {
  const session = await send(`${api}/api/widget/session`, 'POST', { origin }, request);
  const headers = { authorization: `Bearer ${session.token}`, origin };
  return { session, request: (method, path, body) => send(api + path, method, headers, body) };
}
