// @ts-check
import { spawn } from 'node:child_process';
import { readWav, resample } from './wav.mjs';
import { SAMPLE_RATE } from './pcm.mjs';

/** espeak-ng's voice variants. Each of the provider's voices maps to one, so that two voices sound different. */
const VARIANTS = ['f2', 'm3', 'f3', 'm1', 'f4', 'm2', 'f5', 'm4'];

/** @type {Map<string, Promise<Int16Array>>} */
const spoken = new Map();

/**
 * Speaks a text with espeak-ng.
 * @param {string} text
 * @param {string} voice the provider's voice name
 * @param {number} [speed] 1 is normal
 * @returns {Promise<Int16Array>} 48 kHz 16-bit mono
 */
export function speak(text, voice, speed = 1) {
  const variant = VARIANTS[[...voice].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % VARIANTS.length];
  const wordsPerMinute = Math.round(175 * speed);
  const key = `${variant}|${wordsPerMinute}|${text}`;
  let speech = spoken.get(key);
  if (!speech) {
    speech = synthesize(text, ['-v', `en+${variant}`, '-s', String(wordsPerMinute)]);
    if (spoken.size > 200) spoken.clear();
    spoken.set(key, speech);
    speech.catch(() => spoken.delete(key));
  }
  return speech;
}

/** Without espeak-ng: silence as long as the speech would be, so that transcripts still have their timing. @param {string} text */
function silence(text) {
  console.error('espeak-ng is missing, so the simulated voice is silent. Install the package espeak-ng.');
  return new Int16Array((SAMPLE_RATE * 65 * text.length) / 1000);
}

/** @param {string} text @param {string[]} settings @returns {Promise<Int16Array>} */
function synthesize(text, settings) {
  return new Promise((resolve, reject) => {
    const program = spawn('espeak-ng', [...settings, '--stdin', '--stdout'], { stdio: ['pipe', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    let errors = '';
    program.stdout.on('data', (chunk) => chunks.push(chunk));
    program.stderr.on('data', (chunk) => (errors += chunk));
    program.stdin.on('error', () => {});
    program.on('error', () => resolve(silence(text)));
    program.on('close', (code) => {
      if (code !== 0) return reject(new Error(`espeak-ng ended with ${code}: ${errors.trim()}`));
      try {
        const { samples, rate } = readWav(Buffer.concat(chunks));
        resolve(resample(samples, rate, SAMPLE_RATE));
      } catch (error) {
        reject(error);
      }
    });
    program.stdin.end(text);
  });
}
