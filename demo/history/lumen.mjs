// What the staff of Lumen Desk have set up. Addresses end in .example, and telephone numbers are ones that belong to nobody.
export { visits } from './lumen-visits.mjs';

const weekly = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => ({ day, from: '09:00', to: '17:00' }));

export const desk = {
  name: 'Lumen Desk',
  timeZone: 'Europe/Lisbon',
  reps: [
    // The demo sign-in.
    { key: 'robin', name: 'Robin Hart', hours: { weekly, slotMinutes: 30, bufferMinutes: 15, minimumNoticeMinutes: 240 } },
    {
      key: 'ines',
      name: 'Inês Carvalho',
      email: 'ines@lumen.example',
      hours: { weekly, slotMinutes: 45, bufferMinutes: 15, dailyLimit: 5 },
      territories: { languages: ['es'] },
    },
    {
      key: 'tom',
      name: 'Tom Okafor',
      email: 'tom@lumen.example',
      timeZone: 'Europe/London',
      territories: { countries: ['GB'], languages: ['de'] },
    },
  ],
  qualification: {
    questions: [
      {
        key: 'seats',
        text: 'How many people answer your customers?',
        texts: { de: 'Wie viele Personen beantworten Anfragen?', es: '¿Cuántas personas atienden a sus clientes?' },
        kind: 'number',
        weight: 40,
        answers: [
          { to: 10, points: 20 },
          { from: 10, to: 50, points: 60 },
          { from: 50, points: 100 },
        ],
      },
      {
        key: 'start',
        text: 'When would you like to start?',
        texts: { de: 'Wann möchten Sie beginnen?', es: '¿Cuándo le gustaría empezar?' },
        kind: 'choice',
        weight: 30,
        answers: [
          { value: 'month', label: 'Within a month', labels: { de: 'Innerhalb eines Monats', es: 'En un mes' }, points: 100 },
          { value: 'quarter', label: 'Within three months', labels: { de: 'Innerhalb von drei Monaten', es: 'En tres meses' }, points: 60 },
          { value: 'looking', label: 'Just looking', labels: { de: 'Ich schaue mich um', es: 'Solo estoy mirando' }, points: 0 },
        ],
      },
      { key: 'budget', text: 'Is there a budget?', kind: 'boolean', weight: 20, askVisitor: false },
    ],
    signals: { askedForPrice: 5, askedForDemo: 10, askedForBooking: 5, bookedMeeting: 20, companyEmail: 5, conversations: 10 },
    tiers: { hot: 60, warm: 30 },
  },
  fields: [
    { key: 'plan', label: 'Plan', kind: 'text' },
    { key: 'from', label: 'Help desk today', kind: 'text' },
    { key: 'renewal', label: 'Contract ends on', kind: 'date' },
  ],
  agents: [
    {
      name: 'Vera',
      description: 'Answers questions about security and privacy.',
      personality: 'Exact. Names the document and the passage.',
      tags: ['security', 'privacy'],
      greeting: 'Hello, I’m Vera. What would you like to know about your data?',
    },
    {
      name: 'Milo',
      description: 'Helps with moving from another help desk.',
      personality: 'Encouraging, thinks in steps.',
      tags: ['migration', 'API'],
      greeting: 'Hi, I’m Milo. Which help desk do you come from?',
    },
  ],
  // A question that visitors had asked in Spanish before.
  answers: [
    {
      language: 'es',
      question: '¿Cuánto cuesta Lumen Desk?',
      alternatives: ['Precios de Lumen Desk'],
      answer: 'Starter cuesta **19 dólares**, Team 39 dólares y Scale 79 dólares por agente y mes.',
      page: 'plans.html',
    },
  ],
  demos: [
    {
      picture: 'ai-replies',
      title: 'A look at Lumen Desk',
      description: 'The queue with a draft.',
      showWhen: 'A visitor wants to see the product.',
    },
  ],
  prices: [
    { name: 'Starter', amount: 19, currency: 'USD', per: 'agent and month', description: 'Two mailboxes', page: 'plans.html' },
    { name: 'Team', amount: 39, currency: 'USD', per: 'agent and month', description: 'Ten mailboxes, integrations', page: 'plans.html' },
    {
      name: 'Scale',
      amount: 79,
      currency: 'USD',
      per: 'agent and month',
      description: 'Single sign-on, one hour response',
      page: 'plans.html',
    },
    { name: 'Help with moving', amount: 900, currency: 'USD', conditions: 'Included in the Scale plan', page: 'migration.html#help' },
  ],
  replies: {
    'SOC 2 report': 'We send the report under a non-disclosure agreement. To which address may I send the agreement?',
    Trial: 'Every plan can be tried for 21 days without a credit card. Shall I set up a trial for your team?',
    Migration: 'The importer moves tickets, customers, macros and attachments. How many tickets do you have?',
  },
  views: [
    { name: 'Best first', tier: ['hot', 'warm'], sort: 'score' },
    { name: 'Comes from Zendesk', field: ['from:Zendesk'], sort: 'newest' },
  ],
  colleagues: ['ines@lumen.example', 'tom@lumen.example'],
  webhook: { events: ['lead.created', 'meeting.booked', 'question.unanswered'], description: 'Sales channel' },
  meetings: [
    {
      key: 'renewal',
      slot: 30,
      lead: { name: 'Fiona Graham', email: 'fiona.graham@northwind.example', phone: '+44 20 7946 0081' },
      note: 'Called: their contract ends in January.',
      locale: 'en',
    },
  ],
};
