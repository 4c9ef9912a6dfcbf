// The first page of ./run: what Widget is, the two demo companies, and where to go next.
import { docs } from './docs.mjs';
import { harbor as harborScene } from './harbor/art.mjs';
import { desk } from './lumen/art.mjs';
import { sites } from './site.mjs';

/** Questions that show what the assistant does, and what to look at. */
export const tour = {
  harbor: [
    ['How long is the battery under warranty?', 'The source opens the page at the passage.'],
    ['What does delivery to Denmark cost?', 'A short answer, word for word from the page.'],
    ['Can I take two children on the cargo bike?', 'Then ask: “How heavy may they be?”'],
    ['Wie lange dauert das Laden?', 'German question, English pages.'],
    ['Which plan has single sign-on?', 'Not on these pages. The assistant says so and offers a person.'],
  ],
  lumen: [
    ['Which plan has single sign-on?', 'The same question, answered here.'],
    ['How often are the encryption keys rotated?', 'Found on page 3 of a PDF.'],
    ['How do we move from Zendesk?', 'Then ask: “How long does it take?”'],
    ['¿Dónde se guardan nuestros datos?', 'Spanish question, English pages.'],
    ['How do I change a flat tyre?', 'Not on these pages. The assistant says so and offers a person.'],
  ],
};

const facts = [
  ['Your own knowledge', 'Answers come from your pages and documents. Every statement links to the passage it comes from.'],
  ['Honest', 'If your pages don’t say, the assistant doesn’t know. It says so and offers a person.'],
  ['3 KB', 'is all that a page loads until somebody opens the chat. Voice and video load only when they are chosen.'],
];

/** The parts of this installation: name, state, and what to set for the real one. */
function parts(settings) {
  const set = (name) => Boolean(settings[name]);
  const speech = set('WIDGET_SPEECH_ENDPOINT') && settings.WIDGET_SPEECH_KEY !== 'sim-key';
  const state = (connected, otherwise) => (connected ? 'Connected' : otherwise);
  return [
    [
      'Answers',
      state(set('WIDGET_CHAT_ENDPOINT'), 'No model'),
      'Without a language model, answers quote your pages.',
      'WIDGET_CHAT_ENDPOINT, WIDGET_CHAT_MODEL',
    ],
    ['Listen', state(speech, set('WIDGET_SPEECH_ENDPOINT') ? 'Simulated' : 'Browser'), 'Answers read aloud.', 'WIDGET_SPEECH_ENDPOINT'],
    [
      'Voice calls',
      state(set('WIDGET_VOICE_KEY'), 'Simulated'),
      'The simulated voice speaks, but doesn’t understand words.',
      'WIDGET_VOICE_KEY',
    ],
    [
      'Video calls',
      state(set('WIDGET_TAVUS_KEY'), 'Simulated'),
      'The simulated avatar is a drawing. It repeats what you type.',
      'WIDGET_TAVUS_KEY',
    ],
  ];
}

const card = (slug, scene, about) => `<article class="company ${slug}">
<a class="picture" href="/${slug}/" tabindex="-1" aria-hidden="true"><span>${scene}</span><img src="/${slug}/${sites[slug].agent.portrait}" alt="" width="76" height="76"></a>
<h3><a href="/${slug}/">${sites[slug].name}</a></h3><p>${about}</p>
<h4>Try a question</h4>
<ul>${tour[slug].map(([question, note]) => `<li><a href="/${slug}/?ask=${encodeURIComponent(question)}">${question}</a><span>${note}</span></li>`).join('')}</ul>
<a class="button" href="/${slug}/">Visit ${sites[slug].name}</a></article>`;

// A drawing of the chat.
const preview = `<div class="preview" aria-hidden="true"><div class="head"><img src="/harbor/jette.svg" alt="" width="38" height="38"><div><b>Jette</b><span>AI assistant</span></div></div>
<p class="me">How long is the battery under warranty?</p>
<p>The battery is covered for two years or 700 full charging cycles, whichever comes first. <sup>1</sup></p><p class="source"><b>1</b> Warranty › Battery</p>
<p class="me">Und was kostet eine neue?</p><p class="dots"><i></i><i></i><i></i></p></div>`;

export async function startPage(api, settings) {
  const list = parts(settings);
  const simulated = list.some(([, state]) => state === 'Simulated');
  const guides = (await docs()).map(({ name, title, about }) => `<li><a href="/docs/${name}">${title}</a><span>${about}</span></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="An AI assistant for a company’s web site, running on this machine with two demo companies.">
<title>Widget: an AI assistant for your web site</title>
<link rel="icon" type="image/svg+xml" href="/widget.svg">
<link rel="stylesheet" href="/harbor/art.css">
<link rel="stylesheet" href="/lumen/art.css">
<link rel="stylesheet" href="/start.css">
<link rel="stylesheet" href="/home.css">
<link rel="stylesheet" href="/preview.css">
</head>
<body>
<header><a class="logo" href="/"><img src="/widget.svg" alt="" width="34" height="34"> Widget</a>
<nav aria-label="Main"><a href="#companies">Demo</a><a href="#next">Next steps</a><a href="${api}/reference">API reference</a></nav></header>
<main>
<div class="hero"><div><h1>An AI assistant that answers from your own pages</h1>
<p>Paste one script tag into your site. Visitors type, listen, talk or video-call, and get answers from your pages and documents, with the sources. It is running on this machine now, with two made-up companies.</p>
<p class="actions"><a class="button" href="/harbor/">Start with Harbor Bikes</a><a class="button quiet" href="/lumen/">Lumen Desk</a></p></div>${preview}</div>
<ul class="facts">${facts.map(([name, text]) => `<li><strong>${name}</strong> ${text}</li>`).join('')}</ul>
<section id="companies" aria-labelledby="companies-title"><h2 id="companies-title">Two companies, one installation</h2>
<p class="intro">Each has its own site, knowledge and assistant. Neither can see the other’s data. Click a question to open the site and ask it there.</p>
<div class="companies">
${card('harbor', harborScene, 'Electric bikes from Kiel. Jette knows the site’s pages.')}
${card('lumen', desk, 'A help desk from Porto. Lu also knows a PDF and a text file.')}
</div></section>
<section aria-labelledby="parts-title"><h2 id="parts-title">${simulated ? 'What is simulated' : 'What is connected'}</h2>
<p class="intro">${simulated ? 'The demo runs without any keys. To use the real services, put these settings into the file <code>.env</code> and run <code>./run --restart</code>.' : 'All services of this installation are real.'}</p>
<ul class="parts">${list
    .map(
      ([name, state, text, setting]) =>
        `<li><b>${name}</b><em class="${state.toLowerCase().replace(' ', '-')}">${state}</em><span>${text}</span>${state === 'Connected' ? '' : `<code>${setting.replace(', ', '<br>')}</code>`}</li>`,
    )
    .join('')}</ul></section>
<section id="next" aria-labelledby="next-title"><h2 id="next-title">Next steps</h2>
<div class="next"><div><h3>On this machine</h3><ul>
<li><a href="${settings.WIDGET_CONSOLE_URL ?? 'http://localhost:5082'}/">Console</a><span>Where the companies’ staff work: conversations, leads, meetings. <code>./run</code> prints the sign-in.</span></li>
<li><a href="${api}/widget/harbor">Hosted page of Harbor Bikes</a><span>The chat as a page of its own, for links and QR codes.</span></li>
<li><a href="${api}/widget/lumen">Hosted page of Lumen Desk</a><span>The same for the other company.</span></li>
<li><a href="${api}/reference">API reference</a><span>All endpoints. You can try them in the browser.</span></li></ul></div>
<div><h3>Guides</h3><ul>${guides.join('')}</ul></div></div></section>
</main>
<footer>Harbor Bikes and Lumen Desk are fictional. Widget is available under the MIT licence.</footer>
</body>
</html>`;
}
