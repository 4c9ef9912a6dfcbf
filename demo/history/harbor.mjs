// What the staff of Harbor Bikes have set up. Addresses end in .example, and telephone numbers are ones that belong to nobody.
export { visits } from './harbor-visits.mjs';

const weekdays = (from, to, days = ['tuesday', 'wednesday', 'thursday', 'friday', 'saturday']) => days.map((day) => ({ day, from, to }));

export const desk = {
  name: 'Harbor Bikes',
  timeZone: 'Europe/Berlin',
  reps: [
    // The demo sign-in.
    { key: 'robin', name: 'Robin Hart', hours: { weekly: weekdays('10:00', '16:00'), slotMinutes: 30, bufferMinutes: 15, dailyLimit: 4 } },
    {
      key: 'mats',
      name: 'Mats Brodersen',
      email: 'mats@harbor.example',
      hours: { weekly: weekdays('10:00', '18:00'), slotMinutes: 40, bufferMinutes: 10, minimumNoticeMinutes: 120 },
      territories: { languages: ['de'] },
      leadsPerDay: 12,
    },
    {
      key: 'lena',
      name: 'Lena Voss',
      email: 'lena@harbor.example',
      hours: { weekly: weekdays('12:00', '18:00', ['thursday', 'saturday']), slotMinutes: 40, holidays: ['2026-12-26'] },
      territories: { languages: ['es'], countries: ['DK'] },
    },
  ],
  qualification: {
    questions: [
      {
        key: 'for',
        text: 'Who is the bike for?',
        texts: { de: 'Für wen ist das Rad?', es: '¿Para quién es la bicicleta?' },
        kind: 'choice',
        weight: 30,
        answers: [
          { value: 'me', label: 'For me', labels: { de: 'Für mich', es: 'Para mí' }, points: 40 },
          { value: 'family', label: 'For the family', labels: { de: 'Für die Familie', es: 'Para la familia' }, points: 70 },
          { value: 'company', label: 'For a company', labels: { de: 'Für eine Firma', es: 'Para una empresa' }, points: 100 },
        ],
      },
      {
        key: 'when',
        text: 'When would you like to ride?',
        texts: { de: 'Wann möchten Sie losfahren?', es: '¿Cuándo le gustaría empezar?' },
        kind: 'choice',
        weight: 30,
        answers: [
          { value: 'month', label: 'Within a month', labels: { de: 'Innerhalb eines Monats', es: 'En un mes' }, points: 100 },
          { value: 'spring', label: 'In spring', labels: { de: 'Im Frühjahr', es: 'En primavera' }, points: 60 },
          { value: 'open', label: 'I don’t know yet', labels: { de: 'Das ist noch offen', es: 'Todavía no lo sé' }, points: 10 },
        ],
      },
      {
        key: 'bikes',
        text: 'How many bikes?',
        kind: 'number',
        weight: 20,
        askVisitor: false,
        answers: [
          { to: 2, points: 20 },
          { from: 2, to: 5, points: 60 },
          { from: 5, points: 100 },
        ],
      },
    ],
    signals: { askedForPrice: 5, askedForDemo: 5, askedForBooking: 10, bookedMeeting: 20, companyEmail: 0, conversations: 10 },
    tiers: { hot: 60, warm: 30 },
  },
  fields: [
    { key: 'model', label: 'Model', kind: 'text' },
    { key: 'height', label: 'Height in cm', kind: 'number' },
    { key: 'leasing', label: 'Leasing', kind: 'boolean' },
  ],
  agents: [
    {
      name: 'Ole',
      description: 'Knows the workshop: inspections, batteries, warranty.',
      personality: 'Calm and precise. Speaks like a mechanic who likes his work.',
      tags: ['workshop', 'warranty'],
      greeting: 'Moin, I’m Ole from the workshop. What’s the matter with your bike?',
      instructions: 'For a warranty claim, ask for the frame number and a photograph.',
    },
    {
      name: 'Wiebke',
      description: 'Advises families and companies on the Tide Cargo.',
      personality: 'Warm and practical. Asks what has to be carried.',
      tags: ['cargo', 'companies'],
      greeting: 'Hi, I’m Wiebke. What would you like to carry?',
    },
  ],
  // Questions that visitors had asked in German and Spanish before.
  answers: [
    {
      language: 'de',
      question: 'Wo kann ich eine Probefahrt machen?',
      alternatives: ['Kann ich eine Probefahrt buchen?', 'Gibt es Probefahrten in Hamburg?'],
      answer:
        'Probefahrten sind **kostenlos und dauern 40 Minuten**. Testräder stehen in Kiel, Hamburg-Altona, Lübeck und Rostock; in Hamburg donnerstags und samstags. Bringen Sie bitte einen Ausweis mit.',
      page: 'test-ride.html#cities',
    },
    {
      language: 'de',
      question: 'Was kostet das Tide Cargo?',
      alternatives: ['Wie viel kostet das Tide Cargo?', 'Preis des Lastenrads'],
      answer: 'Das Tide Cargo kostet **4.650 Euro**, mit zwei Akkus 5.180 Euro. Mehrwertsteuer und erste Inspektion sind enthalten.',
      page: 'prices.html',
    },
    {
      language: 'es',
      question: '¿Cuánto cuesta el Tide Step?',
      alternatives: ['Precio del Tide Step'],
      answer: 'El Tide Step cuesta **2.890 euros**, con IVA y la primera revisión incluidos.',
      page: 'prices.html',
    },
  ],
  demos: [
    {
      picture: 'tide-cargo',
      title: 'A look at the Tide Cargo',
      description: 'The cargo bike from the side.',
      showWhen: 'A visitor wants to see a picture of the cargo bike.',
    },
    {
      picture: 'tide-step',
      title: 'A look at the Tide Step',
      description: 'Three of them, side by side.',
      showWhen: 'A visitor wants to see a picture of the commuter bike.',
    },
  ],
  prices: [
    { name: 'Tide Step', amount: 2890, currency: 'EUR', conditions: 'Delivery in two weeks', page: 'prices.html', tags: ['commuter bike'] },
    { name: 'Tide Cargo', amount: 4650, currency: 'EUR', conditions: 'Delivery in five weeks', page: 'prices.html', tags: ['cargo bike'] },
    {
      name: 'Tide Cargo with two batteries',
      amount: 5180,
      currency: 'EUR',
      conditions: 'Delivery in six weeks',
      page: 'prices.html',
      tags: ['cargo bike'],
    },
    { name: 'Yearly inspection', amount: 79, currency: 'EUR', per: 'inspection', page: 'service.html', tags: ['service', 'maintenance'] },
  ],
  replies: {
    'Test ride': 'Test rides are free and take 40 minutes. Please bring an identity card. Which day suits you?',
    'Damaged on arrival':
      'I’m sorry about that! Please send us a photograph of the box and of the damage, and we replace the bike free of charge.',
    'Offer for companies':
      'For five bikes or more we bring two test bikes to you, anywhere in Schleswig-Holstein. Shall I send you an offer?',
    Probefahrt: 'Gerne! Eine Probefahrt dauert 40 Minuten und ist kostenlos. Welcher Tag passt Ihnen?',
  },
  views: [
    { name: 'Hot, nobody’s', tier: ['hot'], owner: ['none'], sort: 'score' },
    { name: 'Robin’s hot and warm leads', tier: ['hot', 'warm'], owner: ['robin'], sort: 'score' },
    { name: 'Wants the Tide Cargo', field: ['model:Tide Cargo'], sort: 'newest' },
  ],
  colleagues: ['mats@harbor.example', 'lena@harbor.example'],
  webhook: {
    events: ['lead.created', 'lead.updated', 'meeting.booked', 'handoff.requested'],
    description: 'The shop’s customer file',
  },
  meetings: [
    {
      key: 'sailing-school',
      slot: 26,
      lead: { name: 'Henrik Clausen', email: 'henrik.clausen@segelschule-laboe.example', phone: '+49 30 23125 014' },
      note: 'Called: the sailing school wants two Tide Cargo for the summer.',
      locale: 'de',
    },
    {
      key: 'put-off',
      slot: 40,
      cancelled: true,
      lead: { name: 'Greta Lund', email: 'greta.lund@mail.example' },
      note: 'Test ride, put off to spring.',
      locale: 'de',
    },
  ],
};
