import { signal, type Signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../src/app/conversation';
import type { Presence } from '../src/app/events';
import { attend, type Attendance } from '../src/people/attendance';
import { after, fakePanel, refuse, type FakePanel } from './selling.fakes';

const ana = { repId: 'r', name: 'Ana' };
const said = { kind: 'person_message', messageId: 'p', ...ana, text: 'Hi' } as const;

let panel: FakePanel;
let presence: Signal<Presence>;
let open: Signal<boolean>;
let visible: Signal<boolean>;
let conversation: Signal<Conversation>;
let attendance: Attendance;

const posts = (path: string): unknown[] =>
  panel.posted.filter((request) => request.path.endsWith(`/${path}`)).map(({ body }) => body);

beforeEach(() => {
  vi.useFakeTimers();
  [presence, open, visible] = [signal<Presence>({}), signal(true), signal(true)];
  conversation = signal(after({ kind: 'person_joined', ...ana }));
  panel = Object.assign(fakePanel(), {
    conversation,
    presence,
    open,
    draft: signal(''),
    view: signal('thread'),
    status: signal({ state: 'online' }),
  });
  attendance = attend(panel, visible);
});

afterEach(() => {
  attendance.stop();
  vi.useRealTimers();
});

describe('the typing of a person', () => {
  it('is shown for six seconds', () => {
    presence.value = { typing: ana };
    vi.advanceTimersByTime(5_900);
    expect(attendance.typing.value).toBe('Ana');
    vi.advanceTimersByTime(200);
    expect(attendance.typing.value).toBeUndefined();
  });

  it('is shown for longer if it is repeated', () => {
    presence.value = { typing: ana };
    vi.advanceTimersByTime(5_000);
    presence.value = { typing: { ...ana } };
    vi.advanceTimersByTime(5_000);
    expect(attendance.typing.value).toBe('Ana');
  });

  it('ends at once when the server says so', () => {
    presence.value = { typing: ana };
    presence.value = { typing: null, readSeq: 3 };
    expect(attendance.typing.value).toBeUndefined();
  });
});

describe('the typing of the visitor', () => {
  it('is sent at most every three seconds', () => {
    for (const draft of ['H', 'He', 'Hel']) panel.draft.value = draft;
    expect(posts('typing')).toEqual([{}]);
    vi.advanceTimersByTime(3_000);
    panel.draft.value = 'Hell';
    expect(posts('typing')).toHaveLength(2);
  });

  it('is not sent for a draft that was there before, nor when it is emptied', () => {
    attendance.stop();
    panel.draft.value = 'Half a message';
    attendance = attend(panel, visible);
    panel.draft.value = '';
    expect(posts('typing')).toEqual([]);
  });
});

describe('what the visitor has read', () => {
  /** The person has written this often. */
  const write = (count: number): void => {
    const entries = Array.from({ length: count }, () => said);
    conversation.value = after({ kind: 'person_joined', ...ana }, ...entries);
  };

  it('is sent when a message comes into view, once', () => {
    expect(posts('read')).toEqual([]);
    write(1);
    expect(posts('read')).toEqual([{ seq: 2 }]);
    visible.value = false;
    visible.value = true;
    expect(posts('read')).toHaveLength(1);
  });

  it('is not sent while the panel is closed, shows Home, or the page is in the background', () => {
    open.value = false;
    write(1);
    open.value = true;
    expect(posts('read')).toHaveLength(1);
    visible.value = false;
    write(2);
    expect(posts('read')).toHaveLength(1);
    panel.view.value = 'home';
    visible.value = true;
    expect(posts('read')).toHaveLength(1);
    panel.view.value = 'thread';
    expect(posts('read')).toEqual([{ seq: 2 }, { seq: 3 }]);
  });

  it('is sent again with the next message if it did not arrive', async () => {
    panel.answers.push(refuse(new TypeError('No network.')));
    write(1);
    await vi.advanceTimersByTimeAsync(0);
    write(2);
    expect(posts('read')).toEqual([{ seq: 2 }, { seq: 3 }]);
  });
});
