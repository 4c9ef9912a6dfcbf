// The simulator of the server API, to which requests are passed on.

/** Reads a request's body. */
async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function api(root) {
  const control = async (method, room, identity, query = '') => {
    if (!root) return;
    const path = `/control/livekit/rooms/${encodeURIComponent(room)}/people/${encodeURIComponent(identity)}${query}`;
    await fetch(root + path, { method }).catch(() => undefined);
  };
  return {
    async pass(request, path) {
      const body = await read(request);
      if (!root) return { status: 503, body: '{"code":"unavailable","msg":"no server API"}' };
      const answer = await fetch(`${root}/livekit${path}`, {
        method: 'POST',
        headers: {
          'Content-Type': request.headers['content-type'] ?? '',
          Authorization: request.headers.authorization ?? '',
        },
        body,
      });
      return { status: answer.status, body: await answer.text(), sent: JSON.parse(body.toString() || '{}') };
    },
    joined: (room, { identity, name, sid }) =>
      control('POST', room, identity, `?sid=${sid}&name=${encodeURIComponent(name)}`),
    /** The stay's own id, so that somebody who has come back meanwhile stays. */
    left: (room, { identity, sid }) => control('DELETE', room, identity, `?sid=${sid}`),
  };
}
