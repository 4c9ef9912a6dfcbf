import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import { Outbox } from '../src/app/outbox';
import { PageFacts } from '../src/app/pageFacts';

const delivery = (clientId: string) => ({ path: '/x', body: { clientId } });

describe('the outbox', () => {
  it('sends again what has not arrived, in order, and stops when it is cleared', async () => {
    const sent: string[] = [];
    let fails = true;
    const outbox = new Outbox(
      (_, body) => {
        sent.push((body as { clientId: string }).clientId);
        if (sent.length === 4) outbox.clear();
        return fails ? Promise.reject(new Error('Offline.')) : Promise.resolve();
      },
      () => undefined,
    );
    await outbox.deliver(delivery('a'));
    await outbox.deliver(delivery('b'));
    await outbox.deliver(delivery('c'));
    await outbox.redeliver();
    expect(sent).toEqual(['a', 'b', 'c', 'a']);
    fails = false;
    await outbox.redeliver();
    expect(sent).toHaveLength(4);
  });

  it('keeps the order when sending again fails', async () => {
    const sent: string[] = [];
    const outbox = new Outbox(
      (_, body) => {
        sent.push((body as { clientId: string }).clientId);
        return Promise.reject(new ApiError(503, 'Down.'));
      },
      () => undefined,
    );
    await outbox.deliver(delivery('a'));
    await outbox.deliver(delivery('b'));
    await outbox.redeliver();
    await outbox.redeliver();
    expect(sent).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });
});

describe('the facts of the page', () => {
  const facts = () => {
    const sendFirst = vi.fn();
    return { sendFirst, facts: new PageFacts({ sendFirst } as unknown as Outbox) };
  };

  it('are strings, without what is empty', () => {
    const { facts: page, sendFirst } = facts();
    page.identify({ id: 42, name: ' Ada ', email: '', hash: null } as never);
    page.sendIdentity();
    expect(sendFirst).toHaveBeenCalledWith('/api/widget/identify', { id: '42', name: 'Ada' });
  });

  it('prove a numeric id', () => {
    const { facts: page } = facts();
    expect(page.identify({ id: 42, hash: 'abc' } as never)).toBe(true);
    expect(page.proved).toMatchObject({ id: '42', hash: 'abc' });
  });

  it('are not sent when nothing is left', () => {
    const { facts: page, sendFirst } = facts();
    page.identify({ id: '', email: ' ' });
    page.sendIdentity();
    expect(sendFirst).not.toHaveBeenCalled();
  });
});
