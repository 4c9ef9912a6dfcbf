import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Transcript, type Caption } from '../src/video/transcript';
import { roomMessage, type ReportedUtterance, type RoomMessage } from '../src/video/wire';

let said: ReportedUtterance[];
let captions: (Caption | undefined)[];
let transcript: Transcript;

function message(type: string, properties: Record<string, unknown>, inference?: string, seq = 1): RoomMessage {
  const made = roomMessage({ event_type: `conversation.${type}`, properties, seq, inference_id: inference });
  if (!made) throw new Error('Not a message.');
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

describe('the transcript', () => {
  it('reports the avatar’s utterance when it has stopped, whatever its role is called', () => {
    hear('utterance', { role: 'user', speech: 'What does it cost?' }, 'i1');
    hear('started_speaking', { role: 'pal' });
    hear('utterance', { role: 'pal', speech: 'Ten euros.' }, 'i1');
    expect(texts()).toEqual(['visitor: What does it cost?']);
    hear('stopped_speaking', { role: 'pal', interrupted: false });
    expect(texts()).toEqual(['visitor: What does it cost?', 'assistant: Ten euros.']);
  });

  it('reports only the spoken part when the avatar is interrupted', () => {
    hear('replica.started_speaking', {});
    hear('utterance', { role: 'replica', speech: 'Ten euros, and another five for the box.' }, 'i1');
    hear('utterance.streaming', { role: 'replica', text: 'Ten euros,', final: false }, 'i1');
    hear('replica.stopped_speaking', { interrupted: true });
    expect(texts()).toEqual(['assistant: Ten euros, (cut off)']);
  });

  it('reports an utterance once, however often and in whatever order it arrives', () => {
    const answer = message('utterance', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    transcript.receive(answer);
    transcript.receive({ ...answer, seq: 7 });
    hear('utterance.streaming', { role: 'replica', speech: 'Ten euros.', final: true }, 'i1');
    transcript.receive({ ...answer, seq: 9 });
    hear('stopped_speaking', { role: 'replica' });
    transcript.flush();
    expect(texts()).toEqual(['assistant: Ten euros.']);
    // Another part of the same turn is another utterance.
    hear('utterance', { role: 'replica', speech: 'And five for the box.' }, 'i1');
    transcript.flush();
    expect(new Set(said.map(({ id }) => id)).size).toBe(2);
  });

  it('reports the held answer before the next question', () => {
    hear('started_speaking', { role: 'replica' });
    hear('utterance', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    hear('utterance', { role: 'user', speech: 'And the box?' }, 'i2');
    expect(texts()).toEqual(['assistant: Ten euros.', 'visitor: And the box?']);
  });

  it('reports an utterance even if the avatar never reports that it has stopped', () => {
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

  it('reports typed text at once, and ignores the room’s echo', () => {
    transcript.addTyped('mine', 'What does it cost?');
    hear('utterance', { role: 'user', speech: 'what does it cost' }, 'i1');
    expect(said).toEqual([{ id: 'mine', speaker: 'visitor', text: 'What does it cost?', interrupted: false }]);
    // Asked again, by voice, it is another question.
    hear('utterance', { role: 'user', speech: 'What does it cost?' }, 'i2');
    expect(said).toHaveLength(2);
  });

  it('ignores the echo of the widget’s own prompt', () => {
    transcript.ignoreEcho('(Go on.)');
    hear('utterance', { role: 'user', speech: '(Go on.)' }, 'i1');
    expect(said).toEqual([]);
    expect(captions).toEqual([]);
  });

  it('shows captions while speaking, from either field', () => {
    hear('utterance.streaming', { role: 'replica', text: 'Ten' }, 'i1');
    hear('utterance.streaming', { role: 'replica', speech: 'Ten euros.' }, 'i1');
    // The caption does not run ahead of the spoken text.
    hear('utterance', { role: 'replica', speech: 'Ten euros. And more.' }, 'i1');
    expect(captions.map((caption) => caption?.text)).toEqual(['Ten', 'Ten euros.']);
  });
});

describe('a message from the room', () => {
  it('may lack fields, but not its type', () => {
    expect(roomMessage({ event_type: 'x' })).toEqual({ event_type: 'x', properties: {} });
    for (const none of [null, 'text', 7, {}, { event_type: 5 }]) expect(roomMessage(none)).toBeUndefined();
  });
});
