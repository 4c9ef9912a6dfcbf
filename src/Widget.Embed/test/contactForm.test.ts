import { describe, expect, it, beforeEach, vi } from 'vitest';
import { ApiError } from '../src/app/api';
import { contactForm, type ContactForm } from '../src/extras/selling/contactForm';
import { fakePanel, refuse, type FakePanel } from './selling.fakes';

const jane = 'jane@example.com';
const asked = { seq: 1, email: jane };

function open(question: Parameters<typeof contactForm>[1] = asked): { panel: FakePanel; form: ContactForm } {
  const panel = fakePanel();
  return { panel, form: contactForm(panel, question) };
}

beforeEach(() => void vi.stubGlobal('location', { href: 'https://shop.example/prices' }));

describe('the contact card', () => {
  it('keeps the address with the text that the visitor was shown', async () => {
    const { panel, form } = open();
    expect(form.editing.value).toBe(false);
    await form.save();
    expect(form.state.value).toBe('kept');
    expect(panel.posted).toMatchObject([
      {
        path: '/api/widget/conversations/{id}/contact',
        body: { email: jane, consent: form.consent, locale: 'en', page: 'https://shop.example/prices' },
      },
    ]);
    expect(form.consent).toContain('Harbor Bikes');
    expect(panel.posted[0]?.body).not.toHaveProperty('phone');
  });

  it('asks for an address if the message has none', async () => {
    const { panel, form } = open({ seq: 1 });
    expect([form.editing.value, form.wantsFocus]).toEqual([true, true]);
    await form.save();
    expect([form.problem.value.email, panel.posted.length]).toEqual(['Enter an e-mail address or a phone number.', 0]);
    form.email.value = 'jane@';
    await form.save();
    expect([form.problem.value.email, panel.posted.length]).toEqual([
      'Enter an e-mail address like name@example.com.',
      0,
    ]);
    form.email.value = '';
    form.phone.value = ' +49 30 123456 ';
    await form.save();
    expect([form.state.value, panel.posted[0]?.body.phone]).toEqual(['kept', '+49 30 123456']);
  });

  it('says which field the server has refused, and keeps what was typed', async () => {
    const { panel, form } = open({ seq: 1, phone: '+4930' });
    panel.answers = [refuse(new ApiError(400, 'Invalid.', null, { errors: { Phone: ['No number.'] } }))];
    await form.save();
    expect([form.state.value, form.editing.value, form.phone.value]).toEqual(['asking', true, '+4930']);
    expect(form.problem.value.phone).toContain('country code');
  });

  it('sends the same request again after a failure, and a new one if the address has changed', async () => {
    const { panel, form } = open();
    panel.answers = [
      refuse(new TypeError('No network.')),
      refuse(new ApiError(429, 'Slow down.', '3')),
      refuse(new TypeError('No network.')),
    ];
    await form.save();
    expect([form.problem.value.other, form.email.value]).toEqual(["That couldn't be sent. Please try again.", jane]);
    await form.save();
    expect(form.problem.value.other).toBe("We're very busy right now. One moment, please.");
    form.email.value = 'jane@work.example';
    await form.save();
    await form.save();
    const ids = panel.posted.map(({ body }) => body.clientId);
    expect([new Set(ids.slice(0, 2)).size, new Set(ids).size]).toEqual([1, 2]);
    expect([ids[2], form.state.value]).toEqual([ids[3], 'kept']);
  });

  it('is gone once the visitor declines, and that is sent until it arrives', () => {
    const { panel, form } = open();
    form.decline();
    form.decline();
    expect(form.state.value).toBe('declined');
    expect(panel.delivered).toMatchObject([
      { path: '/api/widget/conversations/{id}/contact', body: { declined: true } },
    ]);
    expect(panel.posted).toEqual([]);
    expect(contactForm(panel, { seq: 2, email: 'other@example.com' }).state.value).toBe('declined');
  });

  it('keeps what was typed while the panel shows something else, and when another address is found', () => {
    const { panel, form } = open();
    form.edit();
    form.email.value = 'jane@wo';
    expect(contactForm(panel, { ...asked })).toBe(form);
    const next = contactForm(panel, { seq: 2, phone: '+4930123456' });
    expect([next.email.value, next.phone.value, next.editing.value]).toEqual(['jane@wo', '+4930123456', true]);
  });

  it('keeps nothing for another conversation', () => {
    const { panel, form } = open();
    form.edit();
    form.email.value = 'jane@wo';
    (panel as { conversationId: string }).conversationId = 'd';
    expect(contactForm(panel, asked).email.value).toBe(jane);
  });
});
