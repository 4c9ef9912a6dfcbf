import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const documents = await readdir(join(import.meta.dirname, '..', 'documents'));

/** Lumen Desk's assistant. @param demo The address of the demo sites. */
export const assistant = (demo) => ({
  slug: 'lumen',
  name: 'Lumen Desk',
  sites: ['/lumen/'],
  uploads: documents,
  settings: {
    agentName: 'Lu',
    greeting: 'Hello, I’m Lu. What can I find for you?',
    introduction: 'I answer from our pages, the security paper and the release notes, and show you the passage.',
    contactUrl: 'mailto:hello@lumen.example',
    theme: { color: '#5b3fd6', logoUrl: `${demo}/lumen/logo.svg`, portraitUrl: `${demo}/lumen/lu.svg` },
    suggestedQuestions: [
      'Which plan has single sign-on?',
      'How often are the encryption keys rotated?',
      'How do we move from Zendesk?',
      '¿Dónde se guardan nuestros datos?',
      'Who won the last World Cup?',
    ],
    translations: {
      de: {
        greeting: 'Hallo, ich bin Lu. Was darf ich für Sie heraussuchen?',
        introduction: 'Ich antworte aus unseren Seiten, dem Sicherheitspapier und den Versionshinweisen und zeige die Stelle.',
        suggestedQuestions: [
          'Welcher Tarif enthält Single Sign-on?',
          'Wo werden unsere Daten gespeichert?',
          'Wie ziehen wir von Zendesk um?',
        ],
      },
      es: {
        greeting: 'Hola, soy Lu. ¿Qué puedo buscar para usted?',
        introduction: 'Respondo a partir de nuestras páginas, el documento de seguridad y las notas de versión, y le muestro el pasaje.',
        suggestedQuestions: [
          '¿Qué plan incluye el inicio de sesión único?',
          '¿Dónde se guardan nuestros datos?',
          '¿Cómo migramos desde Zendesk?',
        ],
      },
      ar: {
        greeting: 'مرحبًا، أنا لو. عمّ تريد أن أبحث لك؟',
        introduction: 'أجيب من صفحاتنا ووثيقة الأمان وملاحظات الإصدارات، وأعرض لك المقطع.',
        suggestedQuestions: ['أي خطة تتضمن تسجيل الدخول الموحد؟', 'أين تُحفظ بياناتنا؟', 'كيف ننتقل من Zendesk؟'],
      },
    },
    officeHours: {
      timeZone: 'Europe/Lisbon',
      weekly: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => ({ day, from: '07:00', to: '21:00' })),
      holidays: [],
    },
    replyMinutes: 60,
    // Another replica of the simulated Tavus, which looks like Lu.
    useTavusVideo: true,
    tavusReplicaId: process.env.WIDGET_DEMO_REPLICA ?? 'r000000000001',
    voice: { enabled: true, turns: 'pause' },
  },
  // The site is in English. For the questions that visitors ask in other languages, the company has written answers.
  answers: [
    {
      language: 'de',
      question: 'Welcher Tarif enthält Single Sign-on?',
      alternatives: ['Single Sign-on Tarif'],
      answer: 'Single Sign-on mit SAML 2.0 und OpenID Connect gehört zum **Tarif Scale**.',
      page: 'sso.html',
    },
    {
      language: 'de',
      question: 'Wo werden unsere Daten gespeichert?',
      alternatives: ['Speicherort der Daten'],
      answer: 'Ihre Daten werden in **Frankfurt und Dublin** gespeichert und verlassen die Europäische Union nicht.',
      page: 'security.html',
    },
    {
      language: 'de',
      question: 'Wie ziehen wir von Zendesk um?',
      alternatives: ['Umzug von Zendesk'],
      answer:
        'Unser Importprogramm übernimmt Tickets, Kunden, Makros und Anhänge aus Zendesk. Für 100.000 Tickets braucht es **etwa sechs Stunden**.',
      page: 'migration.html',
    },
    {
      language: 'es',
      question: '¿Qué plan incluye el inicio de sesión único?',
      alternatives: ['inicio de sesión único', '¿Qué plan tiene SSO?'],
      answer: 'El inicio de sesión único con SAML 2.0 y OpenID Connect está incluido en el **plan Scale**.',
      page: 'sso.html',
    },
    {
      language: 'es',
      question: '¿Dónde se guardan nuestros datos?',
      alternatives: ['¿Dónde se almacenan los datos?'],
      answer: 'Los datos se guardan en **Fráncfort y Dublín** y nunca salen de la Unión Europea.',
      page: 'security.html',
    },
    {
      language: 'es',
      question: '¿Cómo migramos desde Zendesk?',
      alternatives: ['migrar desde Zendesk'],
      answer:
        'Nuestro importador traslada tickets, clientes, macros y archivos adjuntos desde Zendesk. Con 100.000 tickets tarda **unas seis horas**.',
      page: 'migration.html',
    },
    {
      language: 'ar',
      question: 'أي خطة تتضمن تسجيل الدخول الموحد؟',
      alternatives: ['تسجيل الدخول الموحد'],
      answer: 'تسجيل الدخول الموحد عبر SAML 2.0 وOpenID Connect جزء من **خطة Scale**.',
      page: 'sso.html',
    },
    {
      language: 'ar',
      question: 'أين تُحفظ بياناتنا؟',
      alternatives: ['أين تحفظ البيانات؟'],
      answer: 'تُحفظ بياناتكم في **فرانكفورت ودبلن** ولا تغادر الاتحاد الأوروبي.',
      page: 'security.html',
    },
    {
      language: 'ar',
      question: 'كيف ننتقل من Zendesk؟',
      alternatives: ['الانتقال من Zendesk'],
      answer: 'تنقل أداة الاستيراد التذاكر والعملاء والماكرو والمرفقات من Zendesk. ويستغرق نقل 100,000 تذكرة **نحو ست ساعات**.',
      page: 'migration.html',
    },
  ],
  questions: [
    { name: 'single sign-on', text: 'Which plan has single sign-on?', sources: [`${demo}/lumen/sso.html`], facts: ['Scale plan'] },
    { name: 'data', text: 'Where is our data stored?', sources: [`${demo}/lumen/security.html`], facts: ['Frankfurt'] },
    { name: 'flat tyre', text: 'How do I change a flat tyre?', shouldRefuse: true },
  ],
});
