// Harbor Bikes' drawings, as SVG. Colours come from the site's style sheet (var(--…)), so that they follow its light and dark modes.

const wheel = (x, y, radius) => `<g transform="translate(${x} ${y})" fill="none">
<circle r="${radius}" stroke="var(--tyre)" stroke-width="9"/><circle r="${radius - 7}" stroke="var(--rim)" stroke-width="3"/>
<g class="spokes" stroke="var(--spoke)" stroke-width="1.3">${Array.from({ length: 9 }, (_, spoke) => {
  const angle = (spoke * Math.PI) / 9;
  const [dx, dy] = [(radius - 8) * Math.cos(angle), (radius - 8) * Math.sin(angle)].map((length) => length.toFixed(1));
  return `<path d="M${-dx} ${-dy}L${dx} ${dy}"/>`;
}).join('')}</g></g>`;

const crank = (x, y) => `<g transform="translate(${x} ${y})"><circle r="17" fill="none" stroke="var(--metal)" stroke-width="5"/>
<path d="M-4 -8L14 32" stroke="var(--tyre)" stroke-width="6" stroke-linecap="round"/><rect x="3" y="31" width="24" height="7" rx="3" fill="var(--tyre)"/></g>`;

const tube = (d, color, width = 12) =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;

/** The Tide Step, 480 by 300. */
export const step = (color = 'var(--bike)') => `<g>
${wheel(108, 212, 70)}${wheel(372, 212, 70)}
${tube('M38 204A72 72 0 0 1 150 150', 'var(--metal)', 4)}${tube('M318 158A72 72 0 0 1 440 190', 'var(--metal)', 4)}
${tube('M108 212L222 218', color, 8)}${tube('M108 212L186 132', color, 7)}
${tube('M108 212L72 128M72 128L190 128', 'var(--metal)', 5)}
<rect x="62" y="92" width="80" height="34" rx="8" fill="var(--bag)"/><path d="M102 92v34" stroke="var(--bag-strap)" stroke-width="6"/>
${tube('M176 104L222 218', color, 12)}${tube('M179 112L172 92', 'var(--metal)', 7)}
<path d="M136 84C150 74 180 76 204 80C212 82 212 90 204 91C180 92 156 98 144 96C134 94 130 89 136 84Z" fill="var(--saddle)"/>
${tube('M330 120C314 186 280 222 222 218', color, 15)}
${tube('M324 128C304 172 282 196 258 207', 'var(--battery)', 21)}${tube('M300 172L306 160', '#7fe0b8', 4)}
${tube('M316 66L334 140', color, 14)}${tube('M334 140C342 172 352 192 372 212', color, 9)}
${tube('M317 72L310 46C304 34 284 34 268 44', 'var(--metal)', 7)}${tube('M276 40L254 50', 'var(--saddle)', 11)}
<circle cx="338" cy="84" r="10" fill="var(--lamp)"/><rect x="30" y="150" width="10" height="16" rx="3" fill="#e4553b"/>
<circle cx="108" cy="212" r="19" fill="var(--battery)"/><circle cx="108" cy="212" r="8" fill="var(--metal)"/><circle cx="372" cy="212" r="8" fill="var(--metal)"/>
${tube('M108 196L222 202', 'var(--tyre)', 3)}${crank(222, 218)}
</g>`;

const seat = (
  x,
) => `<g transform="translate(${x} 0)"><path d="M0 92C0 84 10 84 12 92L18 128L48 128C56 128 56 142 48 142L12 142C6 142 4 138 4 132Z" fill="var(--accent)"/>
<path d="M14 108L44 116" stroke="var(--saddle)" stroke-width="4" stroke-linecap="round"/></g>`;

/** The Tide Cargo, 540 by 300. */
export const cargo = (color = 'var(--bike-2)') => `<g>
${wheel(98, 224, 58)}${wheel(442, 224, 58)}
${tube('M384 196A64 64 0 0 1 502 206', 'var(--metal)', 4)}
${tube('M98 224L268 230', color, 9)}${tube('M98 224L196 152', color, 8)}
${tube('M28 150L226 150', color, 11)}${tube('M52 150L98 218', 'var(--metal)', 6)}
<rect x="56" y="158" width="116" height="46" rx="12" fill="var(--bag)"/><path d="M90 158v46M138 158v46" stroke="var(--bag-strap)" stroke-width="6"/>
${seat(40)}${seat(108)}
${tube('M210 96L268 230', color, 13)}${tube('M212 102L204 80', 'var(--metal)', 8)}
<path d="M168 72C182 62 212 64 236 68C244 70 244 78 236 79C212 80 188 86 176 84C166 82 162 77 168 72Z" fill="var(--saddle)"/>
${tube('M226 140L394 120', color, 11)}${tube('M398 134C372 190 330 232 268 230', color, 17)}
${tube('M390 146C368 184 342 210 312 220', 'var(--battery)', 23)}${tube('M364 184L371 172', '#7fe0b8', 4)}
${tube('M384 74L404 150', color, 15)}${tube('M404 150C412 182 424 204 442 224', color, 10)}
${tube('M385 82L376 54C370 42 350 42 334 52', 'var(--metal)', 7)}${tube('M342 48L320 58', 'var(--saddle)', 11)}
<circle cx="408" cy="94" r="10" fill="var(--lamp)"/>
<circle cx="98" cy="224" r="9" fill="var(--metal)"/><circle cx="442" cy="224" r="9" fill="var(--metal)"/>
<circle cx="268" cy="230" r="25" fill="var(--battery)"/>${tube('M98 212L268 216', 'var(--tyre)', 3)}${crank(268, 230)}
</g>`;

const picture = (width, height, content, extra = '') =>
  `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false" ${extra}>${content}</svg>`;

export const logo = picture(
  40,
  40,
  `<rect width="40" height="40" rx="12" fill="var(--brand)"/><circle cx="20" cy="17" r="8.5" fill="none" stroke="#fff" stroke-width="3"/>
<path d="M6 30q3.5-4 7 0t7 0 7 0 7 0" fill="none" stroke="#ffd9a8" stroke-width="3" stroke-linecap="round"/>`,
);

const waves = (y, color, name) =>
  `<path class="wave ${name}" fill="${color}" d="M-240 ${y}${Array.from({ length: 16 }, () => 'q30 -14 60 0t60 0').join('')}V620H-240Z"/>`;

const boat = (
  x,
  y,
  size,
  sail,
) => `<g transform="translate(${x} ${y}) scale(${size})"><path d="M2 0V-74L44 0Z" fill="${sail}"/><path d="M-4 0V-60L-32 0Z" fill="var(--sail)"/>
<path d="M-40 6H56L44 24H-26Z" fill="var(--hull)"/></g>`;

/** The start page's scene: the harbour in the morning, with a Tide Step on the quay. */
export const harbor = picture(
  1440,
  620,
  `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="var(--sky-1)"/><stop offset="1" stop-color="var(--sky-2)"/></linearGradient></defs>
<rect width="1440" height="620" fill="url(#sky)"/>
<circle cx="1010" cy="206" r="92" fill="var(--sun)"/><circle cx="1010" cy="206" r="140" fill="var(--sun)" opacity=".18"/>
<g fill="var(--cloud)"><path d="M760 120c6-22 40-22 48-4 20-10 46 2 44 20h-108c-6 0 4-14 16-16zM1180 92c8-26 48-28 58-6 24-12 54 2 52 24h-128c-8 0 4-16 18-18z"/></g>
<path d="M0 352L80 330L200 344L330 316L470 346L620 326L790 348L960 328L1130 346L1300 322L1440 340V420H0Z" fill="var(--hills)"/>
<g fill="var(--town)"><path d="M716 362v-44l22-20 22 20v44zM766 362v-58h40v58zM812 362v-36l18-16 18 16v36zM1180 362v-66l34-26 34 26v66zM1254 362v-48h52v48zM1312 362v-40l20-18 20 18v40z"/>
<path d="M1122 362V236h7v126zM1082 244h118v7h-118zM1084 251v26h4v-26z"/></g>
<g fill="var(--window)"><path d="M774 314h8v10h-8zM790 314h8v10h-8zM774 334h8v10h-8zM1204 300h10v14h-10zM1222 300h10v14h-10zM1264 326h9v11h-9zM1284 326h9v11h-9z"/></g>
${waves(362, 'var(--sea-1)', 'slow')}${boat(760, 372, 0.62, '#fff')}${boat(1240, 388, 0.95, 'var(--accent)')}
${waves(396, 'var(--sea-2)', 'back')}${boat(700, 424, 0.8, '#fff')}${waves(436, 'var(--sea-3)', 'fast')}
<path d="M560 528H1440V620H0V596C220 596 380 560 560 528Z" fill="var(--quay)"/><path d="M560 528H1440V540H548Z" fill="var(--quay-edge)"/>
<g fill="var(--quay-edge)"><path d="M1352 496h30l-4 34h-22zM1346 490h42v10h-42z"/></g>
<g transform="translate(780 216) scale(1.14)"><ellipse cx="240" cy="288" rx="220" ry="9" fill="#000" opacity=".16"/>${step()}</g>`,
  'class="scene" preserveAspectRatio="xMaxYMax slice"',
);

export const bike = {
  step: picture(480, 300, `<ellipse cx="240" cy="286" rx="200" ry="8" fill="#000" opacity=".12"/>${step()}`),
  cargo: picture(540, 300, `<ellipse cx="270" cy="286" rx="230" ry="8" fill="#000" opacity=".12"/>${cargo()}`),
};

/** The Tide Step's three colours. */
const colours = picture(
  560,
  300,
  ['#1f6f8b', '#e8743b', '#a9b3b5']
    .map(
      (color, index) =>
        `<g transform="translate(${[0, 150, 300][index]} ${[10, 60, 110][index]}) scale(.52)"><ellipse cx="240" cy="286" rx="200" ry="10" fill="#000" opacity=".1"/>${step(color)}</g>`,
    )
    .join(''),
);

const spot = (content) =>
  picture(
    320,
    240,
    `<path d="M34 128C22 70 74 22 142 26C206 12 292 44 296 112C304 182 250 222 176 216C104 226 44 190 34 128Z" fill="var(--blob)"/>${content}`,
  );
const ink = 'fill="none" stroke="var(--hull)" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"';

/** A drawing for each page. */
export const art = {
  'tide-step': colours,
  'tide-cargo': bike.cargo,
  battery:
    spot(`<rect x="86" y="66" width="132" height="112" rx="20" fill="var(--battery)"/><rect x="218" y="100" width="14" height="44" rx="6" fill="var(--battery)"/>
<g fill="#7fe0b8"><rect x="102" y="84" width="24" height="76" rx="6"/><rect x="134" y="84" width="24" height="76" rx="6"/><rect x="166" y="84" width="24" height="76" rx="6" opacity=".35"/></g>
<path d="M88 122H60C46 122 46 150 60 150H70C84 150 84 190 66 190" ${ink}/><path d="M158 40l-18 30h20l-14 28" stroke="var(--accent)" stroke-width="7" fill="none" stroke-linecap="round" stroke-linejoin="round"/>`),
  prices: picture(
    560,
    300,
    `<g transform="translate(-14 86) scale(.58)">${step()}</g><g transform="translate(262 76) scale(.56)">${cargo()}</g>`,
  ),
  leasing:
    spot(`<rect x="92" y="48" width="120" height="148" rx="12" fill="var(--paper)"/><path d="M114 84h76M114 108h76M114 132h48" ${ink}/>
<circle cx="204" cy="164" r="36" fill="var(--accent)"/><path d="M190 165l11 11 19-22" stroke="#fff" stroke-width="7" fill="none" stroke-linecap="round" stroke-linejoin="round"/>`),
  warranty:
    spot(`<path d="M160 40L226 62V116C226 158 196 186 160 202C124 186 94 158 94 116V62Z" fill="var(--brand)"/><path d="M160 56L212 73V116C212 148 190 172 160 186Z" fill="#fff" opacity=".14"/>
<path d="M132 120l20 22 38-44" stroke="#fff" stroke-width="10" fill="none" stroke-linecap="round" stroke-linejoin="round"/>`),
  shipping:
    spot(`<rect x="52" y="82" width="126" height="84" rx="8" fill="var(--brand)"/><path d="M178 104h44l30 32v30h-74z" fill="var(--accent)"/><path d="M192 116h26l16 18h-42z" fill="var(--paper)"/>
<g transform="translate(66 92) scale(.2)">${step('#fff')}</g><g fill="var(--hull)"><circle cx="92" cy="170" r="18"/><circle cx="214" cy="170" r="18"/></g><g fill="var(--paper)"><circle cx="92" cy="170" r="7"/><circle cx="214" cy="170" r="7"/></g>
<path d="M30 104h14M20 126h22M32 148h12" ${ink}/>`),
  returns:
    spot(`<path d="M84 92L160 62L236 92V176L160 206L84 176Z" fill="#d9a066"/><path d="M84 92L160 122L236 92L160 62Z" fill="#efc08c"/><path d="M160 122V206L236 176V92Z" fill="#c68a50"/>
<path d="M120 52C150 20 214 26 232 66M232 66l2-26M232 66l-26-4" ${ink}/>`),
  'test-ride':
    spot(`<path d="M62 172L120 142L196 166L258 134V88L196 118L120 96L62 124Z" fill="var(--paper)"/><path d="M120 96v46M196 118v48" stroke="var(--rim)" stroke-width="3"/>
<path d="M76 150C110 120 130 160 164 134" fill="none" stroke="var(--accent)" stroke-width="5" stroke-dasharray="4 10" stroke-linecap="round"/>
<path d="M182 142C150 108 142 92 142 74C142 50 160 34 182 34C204 34 222 50 222 74C222 92 214 108 182 142Z" fill="var(--brand)"/><circle cx="182" cy="74" r="17" fill="#fff"/>`),
  service:
    spot(`<g transform="rotate(-38 160 124)"><rect x="148" y="96" width="24" height="104" rx="12" fill="var(--brand)"/><path d="M126 74C126 52 142 40 150 38V66L160 74L170 66V38C178 40 194 52 194 74C194 96 178 108 160 108C142 108 126 96 126 74Z" fill="var(--brand)"/></g>
<circle cx="216" cy="158" r="34" fill="none" stroke="var(--accent)" stroke-width="12" stroke-dasharray="13.8 7.5"/><circle cx="216" cy="158" r="25" fill="none" stroke="var(--accent)" stroke-width="7"/>`),
  about:
    spot(`<path d="M70 186V110L160 58L250 110V186Z" fill="var(--paper)"/><path d="M54 116L160 52L266 116" ${ink}/><rect x="134" y="124" width="52" height="62" fill="var(--brand)"/>
<g fill="var(--rim)"><rect x="88" y="124" width="30" height="28"/><rect x="202" y="124" width="30" height="28"/></g><path d="M36 200q14-12 28 0t28 0 28 0 28 0 28 0 28 0 28 0 28 0" fill="none" stroke="var(--brand)" stroke-width="6" stroke-linecap="round"/>`),
};
