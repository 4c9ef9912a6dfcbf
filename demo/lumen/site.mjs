import { art, desk, logo } from './art.mjs';

export const lumen = {
  name: 'Lumen Desk',
  tagline: 'The help desk that answers before it is asked',
  color: '#5b3fd6',
  logo,
  art,
  address: 'Porto, Portugal<br>Monday to Friday, 7:00 to 21:00 Lisbon time',
  agent: { name: 'Lu', portrait: 'lu.svg', about: 'Answers from these pages, the release notes and the security paper.' },
  groups: [
    { label: 'Product', items: ['ai-replies', 'integrations', 'api'] },
    { label: 'Trust', items: ['security', 'sso', 'sla'] },
  ],
  more: ['migration', 'plans'],
  action: { page: 'plans', label: 'See the plans' },
  askable: {
    index: ['Which plan has single sign-on?', 'How often are the encryption keys rotated?', '¿Dónde se guardan nuestros datos?'],
    plans: ['Which plan has single sign-on?', 'Do you have a discount for non-profit organisations?'],
    sso: ['Which identity providers work?', 'How quickly does a removed agent lose access?'],
    security: ['Where is our data stored?', 'How often are the encryption keys rotated?'],
    api: ['How many requests may we send on the Team plan?', 'How are webhooks signed?'],
    integrations: ['Does it work with Jira?', 'Which plans include integrations?'],
    sla: ['How fast do you answer urgent requests?', 'What do we get if you are down?'],
    migration: ['How do we move from Zendesk?', 'Can both desks run side by side?'],
    'ai-replies': ['Does it send replies by itself?', 'Are our tickets used to train models?'],
  },
  index: {
    hero: `<div class="hero"><div class="words"><p class="headline">The help desk that answers before it is asked</p>
<div class="actions"><a class="button" href="/lumen/plans.html">See the plans</a><a class="button quiet" href="/lumen/migration.html">Move from another desk</a></div></div>${desk}</div>`,
    more: `<aside class="features" aria-label="What it does">
<a href="/lumen/ai-replies.html">${art['ai-replies']}<strong>Suggested replies</strong><span>Drafts in 29 languages. An agent always sends them.</span></a>
<a href="/lumen/security.html">${art.security}<strong>Security and privacy</strong><span>Stored in the European Union, certified to ISO 27001.</span></a>
<a href="/lumen/integrations.html">${art.integrations}<strong>Integrations</strong><span>Slack, Teams, Jira, HubSpot, Shopify and Stripe.</span></a>
</aside>`,
  },
};
