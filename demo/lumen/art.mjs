// Lumen Desk's drawings, as SVG. Colours come from the site's style sheet (var(--…)), so that they follow its light and dark modes.

const picture = (width, height, content, extra = '') =>
  `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" ${extra}>${content}</svg>`;
const bar = (x, y, width, fill, height = 8) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${height / 2}" fill="${fill}"/>`;

export const logo = picture(
  40,
  40,
  `<rect width="40" height="40" rx="11" fill="#5b3fd6"/><path d="M13 22L17 9H23L27 22Z" fill="#ffd45e"/><path d="M20 22v8M13 31h14" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
<path d="M10 25l-3 3M30 25l3 3" stroke="#ffd45e" stroke-width="2.4" stroke-linecap="round"/>`,
);

const face = (
  x,
  y,
  radius,
  skin,
  hair,
) => `<g transform="translate(${x} ${y})"><circle r="${radius}" fill="${hair}" opacity=".25"/><circle cy="${radius * 0.08}" r="${radius * 0.5}" fill="${skin}"/>
<path d="M${-radius * 0.54} 0A${radius * 0.54} ${radius * 0.6} 0 0 1 ${radius * 0.54} 0Q0 ${-radius * 0.5} ${-radius * 0.54} 0Z" fill="${hair}"/></g>`;

const ticket = (
  y,
  skin,
  hair,
  width,
  dot,
  chosen,
) => `<g transform="translate(0 ${y})">${chosen ? '<rect x="10" y="-2" width="232" height="66" rx="12" fill="var(--ui-chosen)"/>' : ''}
${face(42, 31, 19, skin, hair)}${bar(74, 16, width, 'var(--ui-ink)')}${bar(74, 36, width + 36, 'var(--ui-line)', 7)}<circle cx="222" cy="24" r="5" fill="${dot}"/></g>`;

/** The start page's scene: a lamp over the queue, with a drafted reply. */
export const desk = picture(
  760,
  600,
  `<defs><radialGradient id="glow"><stop offset="0" stop-color="#ffdf8a" stop-opacity=".75"/><stop offset="1" stop-color="#ffdf8a" stop-opacity="0"/></radialGradient>
<clipPath id="window"><rect x="10" y="130" width="700" height="410" rx="20"/></clipPath></defs>
<g transform="translate(10 130)"><rect width="700" height="410" rx="20" fill="var(--ui)"/><path d="M20 0H680A20 20 0 0 1 700 20V46H0V20A20 20 0 0 1 20 0Z" fill="var(--ui-bar)"/>
<g fill="var(--ui-line)"><circle cx="26" cy="23" r="6"/><circle cx="46" cy="23" r="6"/><circle cx="66" cy="23" r="6"/></g>
<path d="M252 46V410" stroke="var(--ui-edge)" stroke-width="2"/>
<g transform="translate(0 58)">${ticket(4, '#f3c7a6', '#8a4a23', 74, '#f27d72')}${ticket(76, '#c98d63', '#2a2030', 92, '#5b3fd6', true)}${ticket(148, '#f0b99a', '#e0b04a', 60, '#3fa37c')}${ticket(220, '#8d5a3c', '#1d1720', 84, '#3fa37c')}${ticket(284, '#f3c7a6', '#4a3a6a', 70, '#f6c445')}</g>
<g transform="translate(276 70)">${bar(0, 0, 190, 'var(--ui-ink)', 11)}${bar(0, 24, 96, 'var(--ui-line)')}
<rect x="0" y="52" width="290" height="78" rx="14" fill="var(--ui-bar)"/>${bar(18, 72, 240, 'var(--ui-line)')}${bar(18, 90, 208, 'var(--ui-line)')}${bar(18, 108, 120, 'var(--ui-line)')}
<rect x="60" y="152" width="340" height="150" rx="16" fill="var(--ui-draft)"/><path d="M84 172l5 11 11 5-11 5-5 11-5-11-11-5 11-5z" fill="#5b3fd6"/>
<text x="110" y="194" font-size="15" font-weight="650" fill="var(--ui-strong)" font-family="system-ui, sans-serif">Suggested reply</text>
${bar(82, 214, 292, 'var(--ui-draft-line)')}${bar(82, 232, 262, 'var(--ui-draft-line)')}${bar(82, 250, 180, 'var(--ui-draft-line)')}
<rect x="284" y="256" width="92" height="32" rx="16" fill="#5b3fd6"/><text x="330" y="277" text-anchor="middle" font-size="14" font-weight="650" fill="#fff" font-family="system-ui, sans-serif">Send</text>
</g></g>
<g clip-path="url(#window)"><ellipse cx="602" cy="130" rx="330" ry="240" fill="url(#glow)" opacity=".6"/></g>
<g transform="translate(580 96)"><path d="M26 -1400V-44" stroke="#8d7be0" stroke-width="5"/><path d="M-44 12L-12 -52H72L104 12Z" transform="translate(-4 6)" fill="#ffd45e"/><path d="M-48 18H100" transform="translate(-4 0)" stroke="#fff0bf" stroke-width="8" stroke-linecap="round"/>
<circle cx="22" cy="22" r="17" fill="#fff6d8"/><circle cx="22" cy="30" r="60" fill="#ffdf8a" opacity=".25"/></g>`,
  'class="scene"',
);

const spot = (content) => picture(320, 240, `<rect x="24" y="20" width="272" height="200" rx="36" fill="var(--blob)"/>${content}`);
const lamp = (x, y, size) =>
  `<g transform="translate(${x} ${y}) scale(${size})"><path d="M-18 0L-8 -34H8L18 0Z" fill="#ffd45e"/><path d="M0 0V24M-12 26H12" stroke="var(--art-ink)" stroke-width="5" stroke-linecap="round"/></g>`;
const line = 'fill="none" stroke="var(--art-ink)" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"';
const tick = (x, y, color = '#fff') =>
  `<path d="M${x - 11} ${y}l8 9 15-18" stroke="${color}" stroke-width="6" fill="none" stroke-linecap="round" stroke-linejoin="round"/>`;

/** A drawing for each page. */
export const art = {
  plans:
    spot(`<rect x="56" y="104" width="60" height="84" rx="12" fill="var(--art)"/><rect x="130" y="76" width="60" height="112" rx="12" fill="#8d7be0"/><rect x="204" y="48" width="60" height="140" rx="12" fill="#5b3fd6"/>
${bar(68, 122, 36, '#8d7be0')}${bar(142, 94, 36, '#fff')}${bar(216, 66, 36, '#fff')}${lamp(234, 128, 1)}`),
  sso: spot(`<circle cx="124" cy="106" r="42" fill="none" stroke="#5b3fd6" stroke-width="20"/><path d="M154 136L214 196M190 172l18-18M206 188l18-18" stroke="#5b3fd6" stroke-width="16" stroke-linecap="round"/>
<g fill="#ffd45e"><circle cx="232" cy="66" r="17"/><circle cx="262" cy="106" r="11"/><circle cx="196" cy="48" r="9"/></g>`),
  security:
    spot(`<rect x="100" y="106" width="120" height="92" rx="18" fill="#5b3fd6"/><path d="M124 106V82A36 36 0 0 1 196 82V106" ${line} stroke-width="14" style="stroke:#8d7be0;stroke-width:14"/>
<circle cx="160" cy="144" r="12" fill="#ffd45e"/><path d="M160 150v22" stroke="#ffd45e" stroke-width="9" stroke-linecap="round"/>
<g fill="#ffd45e">${Array.from({ length: 12 }, (_, star) => `<circle cx="${(160 + 98 * Math.cos((star * Math.PI) / 6)).toFixed(1)}" cy="${(122 + 88 * Math.sin((star * Math.PI) / 6)).toFixed(1)}" r="4"/>`).join('')}</g>`),
  api: spot(`<rect x="54" y="52" width="212" height="136" rx="16" fill="#1d1640"/><g fill="#6d60a8"><circle cx="74" cy="70" r="5"/><circle cx="90" cy="70" r="5"/><circle cx="106" cy="70" r="5"/></g>
<path d="M104 102l-22 22 22 22M146 102l22 22-22 22" fill="none" stroke="#b9a9ff" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>${bar(186, 104, 58, '#ffd45e')}${bar(186, 122, 40, '#6d60a8')}${bar(186, 140, 50, '#6d60a8')}`),
  integrations:
    spot(`<g stroke="#8d7be0" stroke-width="6"><path d="M160 120L88 72M160 120L236 70M160 120L84 172M160 120L238 170"/></g><rect x="126" y="86" width="68" height="68" rx="20" fill="#5b3fd6"/>${lamp(160, 124, 0.8)}
<circle cx="86" cy="70" r="22" fill="var(--art)"/><rect x="216" y="48" width="42" height="42" rx="12" fill="#f27d72"/><rect x="62" y="150" width="42" height="42" rx="21" fill="#3fa37c"/><path d="M240 146l26 44h-52z" fill="#ffd45e"/>`),
  sla: spot(`<circle cx="160" cy="124" r="74" fill="var(--art)"/><circle cx="160" cy="124" r="74" fill="none" stroke="#5b3fd6" stroke-width="14" stroke-dasharray="440 465" transform="rotate(-90 160 124)"/>
<path d="M160 82V126L190 146" ${line}/><circle cx="226" cy="64" r="24" fill="#3fa37c"/>${tick(225, 64)}`),
  migration:
    spot(`<rect x="50" y="72" width="92" height="104" rx="14" fill="var(--art)"/>${bar(66, 92, 60, '#8d7be0')}${bar(66, 112, 44, 'var(--art-line)')}${bar(66, 130, 54, 'var(--art-line)')}
<rect x="182" y="60" width="92" height="116" rx="14" fill="#5b3fd6"/>${bar(198, 82, 60, '#fff')}${bar(198, 102, 44, '#b9a9ff')}${bar(198, 120, 54, '#b9a9ff')}${bar(198, 138, 30, '#ffd45e')}
<path d="M112 196C140 214 184 214 208 196M208 196l-20-2M208 196l-6 18" ${line}/>`),
  'ai-replies':
    spot(`<path d="M64 60H214A16 16 0 0 1 230 76V134A16 16 0 0 1 214 150H112L84 174V150H64A16 16 0 0 1 48 134V76A16 16 0 0 1 64 60Z" fill="#5b3fd6"/>
${bar(72, 84, 130, '#fff')}${bar(72, 104, 108, '#b9a9ff')}${bar(72, 124, 66, '#b9a9ff')}<path d="M236 108l12 28 28 12-28 12-12 28-12-28-28-12 28-12z" fill="#ffd45e"/>`),
};
