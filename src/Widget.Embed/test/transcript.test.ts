import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Transcript, type Caption } from '../src/video/transcript';
import { roomMessage, type HeardUtterance, type RoomMessage } from '../src/video/wire';

let said: HeardUtterance[];
let captions: (Caption | undefined)[];
let transcript: Transcript;

function message(type: string, properties: Record<string, unknown>, inference?: string, seq = 1): RoomMessage {
  const made = roomMessage({ event_type: `conversation.${type}`, properties, seq, inference_id: inference });
  if (!made) throw new Error('That is no message.');
  return made;
}

function hear(type: string, properties: Record<string, unknown>, inference?: string, seq?: number): void {
  transcript.receive(message(type, properties, inference, seq));
}

function texts(): string[] {
  return said.map(({ speaker, text, interrupted }) => `${speaker}: ${text}${interrupted ? ' (cut off)' : ''}`);
}

beforeEach(() => {
  vi.useFakeTimers();
  [said, captions] = [[], []];
  transcript = new Transcript(
    (utterance) => said.push(utterance),
    (caption) => captions.push(caption),
    () => undefined,
  );
});
afterEach(() => vi.useRealTimers());

describe('what is said in a call', () => {
  it('is told when the avatar has stopped, by whichever name its side goes', () => {
    hear('utterance', { role: 'user', speech: 'What does it cost?' }, 'i1');
    hear('started_speaking', { role: 'pal' });
    hear('utterance', { role: 'pal', speech: 'Ten euros.' }, 'i1');
    expect(texts()).toEqual(['visitor: What does it cost?']);
    hear('stopped_speaking', { role: 'pal', interrupted: false });
    expect(texts()).toEqual(['visitor: What does it cost?', 'assistant: Ten euros.']);
  });

  it('is what was heard of the avatar, and not what it meant to say, when it was cut off', () => {
    hear('replica.started_speaking', {});
    hear('utterance', { role: 'replica', speech: 'Ten euros, and another five for the box.' }, 'i1');
    hear('utterance.streaming', { role: 'replica', text: 'Ten euros,', final: false }, 'i1');
    hear('replica.stopped_speaking', { interrupted: true });
    expect(texts()).toEqual(['assistant: Ten euros, (cut off)']);
  });

  it('is told once, however often and in whatever order the room tells it', () => {
    const answer = message('utterance', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    transcript.receive(answer);
    transcript.receive({ ...answer, seq: 7 });
    hear('utterance.streaming', { role: 'replica', speech: 'Ten euros.', final: true }, 'i1');
    transcript.receive({ ...answer, seq: 9 });
    hear('stopped_speaking', { role: 'replica' });
    transcript.flush();
    expect(texts()).toEqual(['assistant: Ten euros.']);
    // Another part of the same turn is not the same.
    hear('utterance', { role: 'replica', speech: 'And five for the box.' }, 'i1');
    transcript.flush();
    expect(new Set(said.map(({ id }) => id)).size).toBe(2);
  });

  it('is told in its order, the held answer before the next question', () => {
    hear('started_speaking', { role: 'replica' });
    hear('utterance', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    hear('utterance', { role: 'user', speech: 'And the box?' }, 'i2');
    expect(texts()).toEqual(['assistant: Ten euros.', 'visitor: And the box?']);
  });

  it('is told in the end, even if the avatar never says that it has stopped', () => {
    hear('utterance', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    vi.advanceTimersByTime(5_000);
    expect(texts()).toEqual(['assistant: Ten euros.']);
    hear('started_speaking', { role: 'replica' });
    hear('utterance', { role: 'replica', speech: 'A long story.' }, 'i2');
    vi.advanceTimersByTime(59_000);
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    expect(said).toHaveLength(2);
  });

  it('is the visitor’s at once when they typed it, and not again by the room’s echo', () => {
    transcript.typed('mine', 'What does it cost?');
    hear('utterance', { role: 'user', speech: 'what does it cost' }, 'i1');
    expect(said).toEqual([{ id: 'mine', speaker: 'visitor', text: 'What does it cost?', interrupted: false }]);
    // Asked again, aloud, it is another question.
    hear('utterance', { role: 'user', speech: 'What does it cost?' }, 'i2');
    expect(said).toHaveLength(2);
  });

  it('does not hold what the widget itself sent', () => {
    transcript.unspoken('(Go on.)');
    hear('utterance', { role: 'user', speech: '(Go on.)' }, 'i1');
    expect(said).toEqual([]);
    expect(captions).toEqual([]);
  });

  it('is captioned as it is said, by either name of its text', () => {
    hear('utterance.streaming', { role: 'replica', text: 'Ten' }, 'i1');
    hear('utterance.streaming', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    // The whole text does not run ahead of what is heard.
    hear('utterance', { role: 'replica', speech: 'Ten euros. And more.' }, 'i1');
    expect(captions.map((caption) => caption?.text)).toEqual(['Ten', 'Ten euros.']);
  });
});

describe('a message of the room', () => {
  it('is taken whatever is missing of it, and left when it is none', () => {
    expect(roomMessage({ event_type: 'x' })).toEqual({ event_type: 'x', properties: {} });
    for (const none of [null, 'text', 7, {}, { event_type: 5 }]) expect(roomMessage(none)).toBeUndefined();
  });
});
