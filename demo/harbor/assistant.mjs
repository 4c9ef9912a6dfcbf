/** Harbor Bikes' assistant. @param demo The address of the demo sites. */
export const assistant = (demo) => ({
  slug: 'harbor',
  name: 'Harbor Bikes',
  sites: ['/harbor/sitemap.xml'],
  uploads: [],
  settings: {
    agentName: 'Jette',
    greeting: 'Hi, I’m Jette. What would you like to know about our bikes?',
    introduction: 'I answer from our own pages and show you the source. Ask about bikes, prices, delivery or service.',
    contactUrl: 'mailto:service@harbor.example',
    theme: { color: '#0b6e6e', logoUrl: `${demo}/harbor/logo.svg`, portraitUrl: `${demo}/harbor/jette.svg` },
    suggestedQuestions: [
      'How long is the battery under warranty?',
      'What is the range of the Tide Step?',
      'Can I take two children on the cargo bike?',
      'Wie lange dauert das Laden?',
      'Can you recommend a film for tonight?',
    ],
    translations: {
      de: {
        greeting: 'Hallo, ich bin Jette. Was möchten Sie über unsere Räder wissen?',
        introduction:
          'Ich antworte aus unseren eigenen Seiten und zeige, wo es steht. Fragen Sie nach Rädern, Preisen, Lieferung oder Service.',
        suggestedQuestions: [
          'Wie lange dauert das Laden?',
          'Was kostet die Lieferung nach Dänemark?',
          'Wie lange gilt die Garantie für den Akku?',
        ],
      },
      es: {
        greeting: 'Hola, soy Jette. ¿Qué le gustaría saber sobre nuestras bicicletas?',
        introduction:
          'Respondo a partir de nuestras propias páginas y le muestro dónde lo dice. Pregunte por bicicletas, precios, entrega o servicio.',
        suggestedQuestions: [
          '¿Cuánto tarda la carga?',
          '¿Cuánto cuesta la entrega en Dinamarca?',
          '¿Cuánto dura la garantía de la batería?',
        ],
      },
      ar: {
        greeting: 'مرحبًا، أنا يته. ماذا تود أن تعرف عن دراجاتنا؟',
        introduction: 'أجيب من صفحاتنا وأعرض لك موضع الإجابة. اسأل عن الدراجات أو الأسعار أو التوصيل أو الصيانة.',
        suggestedQuestions: ['كم يستغرق الشحن؟', 'كم تكلفة التوصيل إلى الدنمارك؟', 'كم مدة ضمان البطارية؟'],
      },
    },
    officeHours: {
      timeZone: 'Europe/Berlin',
      weekly: ['tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((day) => ({ day, from: '10:00', to: '18:00' })),
      holidays: [],
    },
    replyMinutes: 30,
    // The replica of the simulated Tavus. With your own account, use one from GET /api/tavus/replicas.
    useTavusVideo: true,
    tavusReplicaId: process.env.WIDGET_DEMO_REPLICA ?? 'r4dcf31b60e1',
    // A pause ends the visitor's turn, because the simulated voice doesn't detect sentences.
    voice: { enabled: true, turns: 'pause' },
  },
  // The site is in English. For the questions that visitors ask in other languages, the company has written answers.
  answers: [
    {
      language: 'de',
      question: 'Wie lange dauert das Laden?',
      alternatives: ['Wie lange lädt der Akku?', 'Ladezeit des Akkus'],
      answer:
        'Das Standardladegerät füllt den Akku mit 500 Wattstunden in **viereinhalb Stunden**. Das Schnellladegerät für 129 Euro braucht zwei Stunden und zehn Minuten.',
      page: 'battery.html#charging',
    },
    {
      language: 'de',
      question: 'Was kostet die Lieferung nach Dänemark?',
      alternatives: ['Versandkosten nach Dänemark', 'Was kostet der Versand?'],
      answer: 'Die Lieferung nach Österreich, Dänemark und in die Niederlande kostet **89 Euro**, innerhalb Deutschlands 49 Euro.',
      page: 'shipping.html#cost',
    },
    {
      language: 'de',
      question: 'Wie lange gilt die Garantie für den Akku?',
      alternatives: ['Garantie auf den Akku'],
      answer: 'Die Garantie für den Akku gilt **zwei Jahre oder 700 volle Ladezyklen**, je nachdem, was zuerst eintritt.',
      page: 'warranty.html#battery',
    },
    {
      language: 'es',
      question: '¿Cuánto tarda la carga?',
      alternatives: ['¿Cuánto tarda en cargarse la batería?'],
      answer:
        'El cargador estándar llena la batería de 500 vatios hora en **cuatro horas y media**. El cargador rápido, de 129 euros, tarda dos horas y diez minutos.',
      page: 'battery.html#charging',
    },
    {
      language: 'es',
      question: '¿Cuánto cuesta la entrega en Dinamarca?',
      alternatives: ['¿Cuánto cuesta el envío a Dinamarca?'],
      answer: 'La entrega en Austria, Dinamarca y los Países Bajos cuesta **89 euros**; dentro de Alemania, 49 euros.',
      page: 'shipping.html#cost',
    },
    {
      language: 'es',
      question: '¿Cuánto dura la garantía de la batería?',
      alternatives: ['Garantía de la batería'],
      answer: 'La garantía de la batería dura **dos años o 700 ciclos de carga completos**, lo que ocurra primero.',
      page: 'warranty.html#battery',
    },
    {
      language: 'ar',
      question: 'كم يستغرق الشحن؟',
      alternatives: ['كم يستغرق شحن البطارية؟'],
      answer:
        'يستغرق شحن البطارية بسعة 500 واط ساعة **أربع ساعات ونصف الساعة** بالشاحن العادي، وساعتين وعشر دقائق بالشاحن السريع الذي يُباع بسعر 129 يورو.',
      page: 'battery.html#charging',
    },
    {
      language: 'ar',
      question: 'كم تكلفة التوصيل إلى الدنمارك؟',
      alternatives: ['تكلفة الشحن إلى الدنمارك'],
      answer: 'تكلفة التوصيل إلى النمسا والدنمارك وهولندا **89 يورو**، وداخل ألمانيا 49 يورو.',
      page: 'shipping.html#cost',
    },
    {
      language: 'ar',
      question: 'كم مدة ضمان البطارية؟',
      alternatives: ['ضمان البطارية'],
      answer: 'مدة ضمان البطارية **سنتان أو 700 دورة شحن كاملة**، أيهما يأتي أولًا.',
      page: 'warranty.html#battery',
    },
  ],
  questions: [
    {
      name: 'price',
      text: 'How much is the Tide Step?',
      sources: [`${demo}/harbor/prices.html`],
      facts: ['2,890 euros'],
      tags: ['prices'],
    },
    {
      name: 'delivery',
      text: 'What does delivery to Denmark cost?',
      sources: [`${demo}/harbor/shipping.html`],
      facts: ['89 euros'],
      tags: ['prices'],
    },
    {
      name: 'charging',
      text: 'How long does it take to charge the battery?',
      sources: [`${demo}/harbor/battery.html`],
      facts: ['four and a half hours'],
    },
    { name: 'poem', text: 'Write me a poem about the sea', shouldRefuse: true },
  ],
});
