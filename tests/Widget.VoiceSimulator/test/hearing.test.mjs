// @ts-check
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Utterances } from '../src/audio/utterances.mjs';
import { VoiceActivity } from '../src/audio/vad.mjs';
import { readWav, resample } from '../src/audio/wav.mjs';
import { wordsUntil } from '../src/realtime/conversation.mjs';
import { firstPassage, firstSentence } from '../src/realtime/plan.mjs';

/** The detector's changes, with their frame, for a number of frames of 10 ms at each level. */
function changes(/** @type {VoiceActivity} */ vad, /** @type {[number, number][]} */ ...stretches) {
  const found = [];
  let frame = 0;
  for (const [level, frames] of stretches) {
    for (let i = 0; i < frames; i++, frame++) {
      const change = vad.hear(level);
      if (change) found.push([change, frame]);
    }
  }
  return found;
}

describe('The voice detector', () => {
  const usual = { threshold: 0.5, silenceMs: 500 };

  it('finds the start of speech and, after a silence, its end', () => {
    assert.deepEqual(changes(new VoiceActivity(usual), [0, 50], [0.1, 100], [0, 60]), [
      ['started', 55],
      ['stopped', 199],
    ]);
  });

  it('ignores clicks and short pauses', () => {
    assert.deepEqual(changes(new VoiceActivity(usual), [0, 50], [0.5, 3], [0, 50]), []);
    assert.deepEqual(changes(new VoiceActivity(usual), [0.1, 50], [0, 40], [0.1, 50]), [['started', 5]]);
  });

  it('needs louder speech with a higher threshold', () => {
    assert.equal(changes(new VoiceActivity({ ...usual, threshold: 0.9 }), [0.02, 100]).length, 0);
    assert.equal(changes(new VoiceActivity(usual), [0.02, 100]).length, 1);
  });
});

describe('An utterance', () => {
  /** @param {number[]} missing the missing share at each check @param {number} silence in frames */
  async function ends(missing, silence = 100) {
    let looks = 0;
    let ended = 0;
    const utterances = new Utterances(
      new VoiceActivity({ threshold: 0.5, silenceMs: 500 }),
      async () => missing[looks++] ?? 0,
      {
        started() {},
        stopped: () => ended++,
      },
    );
    for (let i = 0; i < 50 + silence; i++) {
      utterances.hear(i < 50 ? 0.1 : 0);
      await null;
    }
    return { looks, ended };
  }

  it('does not end while its sound is missing', async () => {
    assert.deepEqual(await ends([0]), { looks: 1, ended: 1 });
    assert.deepEqual(await ends([1, 1]), { looks: 3, ended: 1 });
  });

  it('ends when sound stays missing', async () => {
    assert.deepEqual(await ends(Array(100).fill(1), 400), { looks: 16, ended: 1 });
  });
});

describe('A reply', () => {
  it('is truncated to the words that were heard completely', () => {
    assert.equal(wordsUntil('one two three', 1), 'one two three');
    assert.equal(wordsUntil('one two three', 0.7), 'one two');
    assert.equal(wordsUntil('one two three', 0.1), '');
  });

  it('is the first sentence of the first passage', () => {
    assert.equal(
      firstPassage('Use these: {"passages":[{"text":"First one. More."},{"text":"Second"}]}'),
      'First one. More.',
    );
    for (const text of ['nothing', '{"passages":[]}', '{"passages":[{"text":5}]}', '{broken}'])
      assert.equal(firstPassage(text), null);
    assert.equal(firstSentence('It costs 4.50 euros\na day! Really.'), 'It costs 4.50 euros a day!');
  });
});

describe('A WAV file', () => {
  it('is read even if its length is wrong, and resampled to 48 kHz', () => {
    const wav = Buffer.alloc(48);
    wav.write('RIFF\xff\xff\xff\x7fWAVEfmt ', 0, 'latin1');
    for (const [at, value] of [
      [20, 1],
      [22, 1],
      [34, 16],
    ])
      wav.writeUInt16LE(value, at);
    wav.writeUInt32LE(16, 16);
    wav.writeUInt32LE(24_000, 24);
    wav.write('data\xff\xff\xff\x7f', 36, 'latin1');
    wav.writeInt16LE(1000, 44);
    wav.writeInt16LE(3000, 46);
    const { samples, rate } = readWav(wav);
    assert.deepEqual([[...samples], rate], [[1000, 3000], 24_000]);
    assert.deepEqual([...resample(samples, rate, 48_000)], [1000, 2000, 3000, 3000]);
    assert.throws(() => readWav(Buffer.alloc(60)), /Not a WAV/);
  });
});
