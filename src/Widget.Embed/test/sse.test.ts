import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from '../src/app/transport/sse';

async function read(...chunks: Uint8Array[]): Promise<ServerEvent[]> {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const found: ServerEvent[] = [];
  for await (const event of readEvents(stream)) found.push(event);
  return found;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('server-sent events', () => {
  it('are parsed as the standard says', async () => {
    const text =
      ': comment\nevent: delta\ndata: {"a":\ndata: 1}\nid: 7\n\r\ndata:no space\n\nevent: lost\n\ndata: unfinished';
    expect(await read(bytes(text))).toEqual([
      { event: 'delta', data: '{"a":\n1}' },
      { event: 'message', data: 'no space' },
    ]);
  });

  it('are the same however the network splits them', async () => {
    const text = bytes('event: a\ndata: grüße 😀\n\nevent: b\r\ndata: 2\r\n\r\n');
    const whole = await read(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: text.length }), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        expect(await read(...pieces)).toEqual(whole);
      }),
    );
  });
});
