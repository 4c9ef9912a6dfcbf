// The simulated avatar: a person drawn on a canvas, who blinks, looks around, and moves the mouth with the sound that plays. The room's page
// (room.html) shows it. The browser tests' replacement for Daily's client sends it as a video track.

/** How the avatars look. A replica's id chooses one. */
const looks = [
  {
    skin: '#f3c7a6',
    shade: '#dba37e',
    blush: '#ee9a86',
    lip: '#c4574f',
    hair: '#b5622d',
    strand: '#cf7c42',
    brow: '#8a4a23',
    iris: '#3d7a74',
    top: '#f4f1e8',
    stripe: '#23455c',
    collar: '#e2ddd0',
    style: 'bob',
    scene: 'harbor',
  },
  {
    skin: '#c98d63',
    shade: '#a96c45',
    blush: '#c96f58',
    lip: '#9c4540',
    hair: '#2a2030',
    strand: '#453650',
    brow: '#2a2030',
    iris: '#5a3d28',
    top: '#5b3fd6',
    collar: '#4a32b4',
    style: 'curls',
    glasses: '#2f2350',
    scene: 'office',
  },
];

/** The simulated stock replica is the first person. Others are chosen by their id. */
export function lookOf(replica) {
  if (!replica || replica === 'r4dcf31b60e1') return looks[0];
  let sum = 0;
  for (const letter of replica) sum += letter.charCodeAt(0);
  return looks[sum % looks.length];
}

// The person, in units of a square of 400.
const shapes = {
  bobBack:
    'M200 56C118 56 90 122 96 202C99 246 102 272 116 292C134 300 152 294 160 282L160 190L240 190L240 282C248 294 266 300 284 292C298 272 301 246 304 202C310 122 282 56 200 56Z',
  bobFront:
    'M119 200C104 120 148 64 206 66C264 68 298 122 281 200C279 172 270 152 256 138C240 130 224 120 214 106C204 130 168 148 138 152C126 164 121 180 119 200Z',
  bobLight: 'M150 104C166 84 196 76 222 82C204 86 178 98 164 118C158 122 148 116 150 104Z',
  neck: 'M168 246L168 292C167 304 158 306 150 309C160 334 182 348 200 348C218 348 240 334 250 309C242 306 233 304 232 292L232 246Z',
  neckShade: 'M168 262C178 288 222 288 232 262L232 286C222 310 178 310 168 286Z',
  torso: 'M36 404C40 348 90 322 150 308C162 330 182 340 200 340C218 340 238 330 250 308C310 322 360 348 364 404Z',
  collar: 'M148 309C160 334 182 346 200 346C218 346 240 334 252 309L244 304C234 324 218 334 200 334C182 334 166 324 156 304Z',
  face: 'M200 86C252 86 276 128 275 182C274 238 240 287 200 287C160 287 126 238 125 182C124 128 148 86 200 86Z',
  nose: 'M201 198C203 212 212 222 206 229C202 232 196 232 192 229',
  browLeft: 'M150 165Q168 154 187 162',
  browRight: 'M213 162Q232 154 250 165',
};
// Centres and radii.
const curlsBack = [
  [132, 130, 34],
  [118, 166, 24],
  [160, 92, 38],
  [200, 78, 40],
  [240, 92, 38],
  [268, 130, 34],
  [282, 166, 24],
  [200, 110, 60],
];
const curlsFront = [
  [136, 128, 21],
  [158, 108, 23],
  [184, 98, 24],
  [214, 98, 24],
  [240, 107, 23],
  [264, 128, 21],
  [125, 152, 14],
  [275, 152, 14],
];

export class DrawnAvatar {
  #pen;
  #look;
  #green;
  #analyser;
  #wave;
  #open = 0;
  #energy = 0;
  #blinkAt = 1200;
  #gaze = { x: 0, y: 0 };
  #gazeAt = 0;
  #eyes = { x: 0, y: 0 };

  /**
   * @param canvas 640 by 360, or a multiple.
   * @param {{ look: object, green?: boolean, analyser?: AnalyserNode }} options `analyser` gets the sound that the avatar speaks.
   */
  constructor(canvas, { look, green = false, analyser }) {
    this.#pen = canvas.getContext('2d');
    this.#look = look;
    this.#green = green;
    this.#analyser = analyser;
    if (analyser) this.#wave = new Float32Array(analyser.fftSize);
  }

  /** @param now Milliseconds. @param still For visitors who prefer reduced motion: only mouth and eyelids move. */
  draw(now, still = false) {
    const pen = this.#pen;
    const scale = pen.canvas.width / 640;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.#listen();
    this.#look.scene && !this.#green ? scenes[this.#look.scene](pen) : this.#fill('rgb(0,255,155)');
    const sway = still ? 0 : Math.sin(now / 1900) + 0.5 * Math.sin(now / 730);
    const breath = still ? 0 : Math.sin(now / 1400);
    const nod = still ? 0 : this.#energy * Math.sin(now / 170) * 1.6;
    pen.translate(320 - 190, 360 - 380);
    pen.scale(0.95, 0.95);
    this.#head(() => this.#hairBack(), sway, nod);
    this.#body(breath);
    this.#head(() => this.#faceAndHair(now, still), sway, nod);
  }

  /** How far the mouth is open, from 0 to 1. */
  get mouth() {
    return this.#open;
  }

  #listen() {
    if (!this.#analyser) return;
    this.#analyser.getFloatTimeDomainData(this.#wave);
    let sum = 0;
    for (const value of this.#wave) sum += value * value;
    const loud = Math.min(1, Math.max(0, Math.sqrt(sum / this.#wave.length) - 0.008) * 6.5);
    // A mouth opens faster than it closes.
    this.#open += (loud - this.#open) * (loud > this.#open ? 0.6 : 0.35);
    this.#energy += (this.#open - this.#energy) * 0.06;
  }

  #head(paint, sway, nod) {
    const pen = this.#pen;
    pen.save();
    pen.translate(200, 300);
    pen.rotate(sway * 0.012);
    pen.translate(-200 + sway * 1.6, -300 + nod);
    paint();
    pen.restore();
  }

  #hairBack() {
    const { style, hair } = this.#look;
    if (style === 'bob') this.#path(shapes.bobBack, hair);
    else for (const [x, y, radius] of curlsBack) this.#oval(x, y, radius, radius, hair);
  }

  #body(breath) {
    const pen = this.#pen;
    const { skin, shade, top, stripe, collar } = this.#look;
    pen.save();
    pen.translate(0, breath * 1.2);
    this.#path(shapes.neck, skin);
    this.#path(shapes.neckShade, shade);
    this.#path(shapes.torso, top);
    if (stripe) {
      pen.save();
      pen.clip(new Path2D(shapes.torso));
      pen.strokeStyle = stripe;
      pen.lineWidth = 7;
      for (let y = 330; y < 420; y += 20) {
        pen.beginPath();
        pen.moveTo(20, y + 26);
        pen.quadraticCurveTo(200, y - 2, 380, y + 26);
        pen.stroke();
      }
      pen.restore();
    }
    this.#path(shapes.collar, collar);
    pen.restore();
  }

  #faceAndHair(now, still) {
    const { skin, shade, blush, style, hair, strand, brow, glasses } = this.#look;
    if (style === 'curls') for (const x of [125, 275]) this.#oval(x, 196, 11, 18, shade);
    this.#path(shapes.face, skin);
    this.#pen.globalAlpha = 0.4;
    this.#oval(150, 228, 17, 11, blush);
    this.#oval(250, 228, 17, 11, blush);
    this.#pen.globalAlpha = 1;
    this.#eyesAndBrows(now, still, brow);
    this.#line(shapes.nose, shade, 4);
    this.#mouth();
    if (style === 'bob') {
      this.#path(shapes.bobFront, hair);
      this.#path(shapes.bobLight, strand);
    } else {
      for (const [x, y, radius] of curlsFront) this.#oval(x, y, radius, radius, hair);
      this.#line('M160 84Q168 70 184 66M206 62Q222 62 232 70M128 122Q128 108 138 100', strand, 6);
    }
    if (glasses) {
      for (const x of [168, 232]) this.#oval(x, 193, 28, 26, undefined, glasses, 4.5);
      this.#line('M196 190Q200 186 204 190M140 188L126 184M260 188L274 184', glasses, 4.5);
    }
  }

  #eyesAndBrows(now, still, brow) {
    const pen = this.#pen;
    if (now > this.#blinkAt + 190) this.#blinkAt = now + 1800 + Math.random() * 3600;
    const blink = Math.min(1, Math.max(0, 1 - Math.abs(now - this.#blinkAt - 90) / 90));
    if (!still && now > this.#gazeAt) {
      this.#gaze = Math.random() < 0.6 ? { x: 0, y: 0 } : { x: (Math.random() - 0.5) * 7, y: (Math.random() - 0.5) * 3 };
      this.#gazeAt = now + 900 + Math.random() * 2400;
    }
    this.#eyes.x += (this.#gaze.x - this.#eyes.x) * 0.25;
    this.#eyes.y += (this.#gaze.y - this.#eyes.y) * 0.25;
    for (const x of [168, 232]) {
      pen.save();
      pen.translate(x, 193);
      pen.scale(1, Math.max(0.06, 1 - blink));
      this.#oval(0, 0, 15, 11.5, '#fffdf8');
      pen.beginPath();
      pen.ellipse(0, 0, 15, 11.5, 0, 0, Math.PI * 2);
      pen.clip();
      this.#oval(this.#eyes.x, this.#eyes.y + 0.5, 9, 9, this.#look.iris);
      this.#oval(this.#eyes.x, this.#eyes.y + 0.5, 4.6, 4.6, '#1d1a20');
      this.#oval(this.#eyes.x + 3, this.#eyes.y - 3, 2.4, 2.4, '#fff');
      pen.restore();
      // The upper lid, which comes down in a blink.
      const lid = 184.5 + blink * 9;
      this.#line(`M${x - 17} ${194 + blink * 2}Q${x} ${lid - 7 + blink * 8} ${x + 17} ${194 + blink * 2}`, '#3a2620', 3.4);
    }
    pen.save();
    pen.translate(0, -this.#energy * 5);
    this.#line(shapes.browLeft, brow, 6);
    this.#line(shapes.browRight, brow, 6);
    pen.restore();
  }

  #mouth() {
    const open = this.#open;
    const half = 25 - open * 5;
    const [y, drop] = [249, 14 + open * 34];
    const outline = `M${200 - half} ${y}Q200 ${y + 7} ${200 + half} ${y}Q${200 + half * 0.8} ${y + drop} 200 ${y + drop}Q${200 - half * 0.8} ${y + drop} ${200 - half} ${y}Z`;
    const pen = this.#pen;
    pen.save();
    this.#path(outline, '#6e2430');
    pen.clip(new Path2D(outline));
    this.#oval(200, y + drop + 2, 15, 6 + open * 8, '#d9706c');
    this.#path(`M${200 - half} ${y - 6}L${200 + half} ${y - 6}L${200 + half} ${y + 5}Q200 ${y + 14} ${200 - half} ${y + 5}Z`, '#fffaf3');
    pen.restore();
    this.#line(outline, this.#look.lip, 3.4);
  }

  #fill(color) {
    this.#pen.fillStyle = color;
    this.#pen.fillRect(0, 0, 640, 360);
  }

  #path(data, fill) {
    this.#pen.fillStyle = fill;
    this.#pen.fill(new Path2D(data));
  }

  #line(data, color, width) {
    const pen = this.#pen;
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.lineCap = pen.lineJoin = 'round';
    pen.stroke(new Path2D(data));
  }

  #oval(x, y, width, height, fill, stroke, line) {
    const pen = this.#pen;
    pen.beginPath();
    pen.ellipse(x, y, width, height, 0, 0, Math.PI * 2);
    if (fill) {
      pen.fillStyle = fill;
      pen.fill();
    }
    if (stroke) {
      pen.strokeStyle = stroke;
      pen.lineWidth = line;
      pen.stroke();
    }
  }
}

/** What is behind the person, 640 by 360. */
const scenes = {
  harbor(pen) {
    rectangle(pen, 0, 0, 640, 360, gradient(pen, '#dcebe7', '#b9d6d1'));
    // A window, with the water and a sail.
    rectangle(pen, 36, 34, 208, 196, '#f7fbfa');
    rectangle(pen, 46, 44, 188, 176, gradient(pen, '#bfe0ee', '#e7f3ee'));
    rectangle(pen, 46, 148, 188, 72, '#5fa9a8');
    rectangle(pen, 46, 148, 188, 4, '#8fc7c4');
    shape(pen, 'M96 150L96 84L134 150Z', '#fff');
    shape(pen, 'M92 150L92 98L66 150Z', '#f2a65a');
    shape(pen, 'M60 154L144 154L132 168L74 168Z', '#23455c');
    rectangle(pen, 136, 44, 8, 176, '#f7fbfa');
    rectangle(pen, 28, 226, 224, 12, '#fff');
    // A board with a wheel and a plant.
    pen.lineWidth = 7;
    circle(pen, 524, 108, 62, undefined, '#2f4f57');
    pen.lineWidth = 2;
    for (let angle = 0; angle < Math.PI; angle += Math.PI / 8) {
      pen.beginPath();
      pen.moveTo(524 - 58 * Math.cos(angle), 108 - 58 * Math.sin(angle));
      pen.lineTo(524 + 58 * Math.cos(angle), 108 + 58 * Math.sin(angle));
      pen.strokeStyle = '#7fa19f';
      pen.stroke();
    }
    circle(pen, 524, 108, 9, '#2f4f57');
    rectangle(pen, 452, 226, 152, 10, '#8b6a4a');
    shape(pen, 'M556 226L552 196L590 196L586 226Z', '#c9714d');
    shape(pen, 'M571 198C548 190 546 166 552 156C566 164 574 182 571 198C572 178 582 164 598 162C600 182 590 196 571 198Z', '#3f7d5c');
    rectangle(pen, 468, 204, 14, 22, '#e9b44c');
    rectangle(pen, 486, 198, 12, 28, '#0b6e6e');
    rectangle(pen, 501, 208, 16, 18, '#f4f1e8');
  },
  office(pen) {
    rectangle(pen, 0, 0, 640, 360, gradient(pen, '#ece8fb', '#cfc6f0'));
    const glow = pen.createRadialGradient(534, 138, 10, 534, 138, 190);
    glow.addColorStop(0, 'rgba(255,226,150,0.95)');
    glow.addColorStop(1, 'rgba(255,226,150,0)');
    rectangle(pen, 320, 0, 320, 360, glow);
    // A lamp, and a shelf with books.
    shape(pen, 'M500 132L516 80L552 80L568 132Z', '#ffd873');
    rectangle(pen, 531, 132, 6, 106, '#4a3d78');
    rectangle(pen, 506, 236, 56, 8, '#4a3d78');
    rectangle(pen, 462, 244, 150, 10, '#6b5b9c');
    rectangle(pen, 40, 158, 170, 9, '#6b5b9c');
    const books = [
      ['#5b3fd6', 16, 60],
      ['#f27d72', 12, 50],
      ['#fff', 18, 64],
      ['#2f2350', 14, 56],
      ['#f6c445', 20, 46],
    ];
    let x = 56;
    for (const [color, width, height] of books) {
      rectangle(pen, x, 158 - height, width, height, color);
      x += width + 3;
    }
    shape(pen, 'M172 158L168 130L202 130L198 158Z', '#fff');
    shape(pen, 'M185 132C164 122 162 98 168 86C182 96 188 114 185 132C186 112 196 98 210 96C212 116 202 130 185 132Z', '#4f9273');
    rectangle(pen, 70, 196, 110, 78, '#f8f6ff');
    rectangle(pen, 80, 208, 56, 8, '#b9acf0');
    rectangle(pen, 80, 224, 88, 6, '#dcd5f7');
    rectangle(pen, 80, 238, 74, 6, '#dcd5f7');
    rectangle(pen, 80, 252, 36, 10, '#5b3fd6');
  },
};

function gradient(pen, from, to) {
  const fill = pen.createLinearGradient(0, 0, 0, 360);
  fill.addColorStop(0, from);
  fill.addColorStop(1, to);
  return fill;
}

function rectangle(pen, x, y, width, height, fill) {
  pen.fillStyle = fill;
  pen.fillRect(x, y, width, height);
}

function shape(pen, data, fill) {
  pen.fillStyle = fill;
  pen.fill(new Path2D(data));
}

function circle(pen, x, y, radius, fill, stroke) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  if (fill) {
    pen.fillStyle = fill;
    pen.fill();
  }
  if (stroke) {
    pen.strokeStyle = stroke;
    pen.stroke();
  }
}
