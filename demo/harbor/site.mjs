import { art, bike, harbor as scene, logo } from './art.mjs';

export const harbor = {
  name: 'Harbor Bikes',
  tagline: 'Electric bikes for people who live by the water',
  color: '#0b6e6e',
  logo,
  art,
  address: 'Hafenstrasse 12, Kiel<br>Tuesday to Saturday, 10:00 to 18:00',
  agent: { name: 'Jette', portrait: 'jette.svg', about: 'She answers from these pages, day and night, in your language.' },
  groups: [
    { label: 'Bikes', items: ['tide-step', 'tide-cargo', 'battery'] },
    { label: 'Buying', items: ['prices', 'leasing', 'shipping', 'returns'] },
    { label: 'Support', items: ['warranty', 'service'] },
  ],
  more: ['about', 'test-ride'],
  action: { page: 'test-ride', label: 'Book a test ride' },
  askable: {
    index: ['What is the range of the Tide Step?', 'What does delivery to Denmark cost?', 'Wie viel kostet das Tide Cargo?'],
    'tide-step': ['What is the range of the Tide Step?', 'Is the Tide Step right for me at 160 centimetres?'],
    'tide-cargo': ['Can I take two children on the cargo bike?', 'How much weight may the Tide Cargo carry?'],
    battery: ['How long does charging take?', 'May I charge the battery in winter?'],
    prices: ['How much is the Tide Step?', 'Is there a student discount?'],
    leasing: ['What happens after a theft?', 'Can I keep the bike at the end of the lease?'],
    warranty: ['How long is the battery under warranty?', 'Is salt water in the motor covered?'],
    shipping: ['What does delivery to Denmark cost?', 'Do you deliver to islands?'],
    returns: ['Can I give the bike back?', 'The bike arrived damaged. What now?'],
    'test-ride': ['Where can I take a test ride?', 'What should I bring to the test ride?'],
    service: ['What does an inspection cost?', 'Does the mechanic come to me?'],
  },
  index: {
    hero: `<div class="hero">${scene}<div class="words"><p class="headline">Electric bikes for people who live by the water</p>
<div class="actions"><a class="button" href="/harbor/tide-step.html">See the Tide Step</a><a class="button quiet" href="/harbor/tide-cargo.html">See the Tide Cargo</a></div></div></div>`,
    more: `<aside class="bikes" aria-label="Our bikes">
<a href="/harbor/tide-step.html">${bike.step}<strong>Tide Step</strong><span>For the daily way to work</span><em>2,890 euros</em></a>
<a href="/harbor/tide-cargo.html">${bike.cargo}<strong>Tide Cargo</strong><span>For everything that does not fit into a backpack</span><em>4,650 euros</em></a>
</aside>`,
  },
};
