// @ts-check
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Utterances } from '../src/audio/utterances.mjs';
import { VoiceActivity } from '../src/audio/vad.mjs';
import { readWav, resample } from '../src/audio/wav.mjs';
import { wordsUntil } from '../src/realtime/conversation.mjs';
import { firstPassage, firstSentence } from '../src/realtime/plan.mjs';

/** What the detector says of so many frames of 10 ms at each level, with the frame at which it says so. */
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

  it('finds the beginning and, after the silence, the end of speech', () => {
    assert.deepEqual(changes(new VoiceActivity(usual), [0, 50], [0.1, 100], [0, 60]), [
      ['started', 55],
      ['stopped', 199],
    ]);
  });

  it('takes no click for speech and no breath for an end', () => {
    assert.deepEqual(changes(new VoiceActivity(usual), [0, 50], [0.5, 3], [0, 50]), []);
    assert.deepEqual(changes(new VoiceActivity(usual), [0.1, 50], [0, 40], [0.1, 50]), [['started', 5]]);
  });

  it('hears less with a higher threshold', () => {
    assert.equal(changes(new VoiceActivity({ ...usual, threshold: 0.9 }), [0.02, 100]).length, 0);
    assert.equal(changes(new VoiceActivity(usual), [0.02, 100]).length, 1);
  });
});

describe('An utterance', () => {
  /** @param {number[]} missing the shares that are missing at each look @param {number} silence in frames */
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

  it('does not end because its sound does not arrive', async () => {
    assert.deepEqual(await ends([0]), { looks: 1, ended: 1 });
    assert.deepEqual(await ends([1, 1]), { looks: 3, ended: 1 });
  });

  it('ends at last when nothing comes any more', async () => {
    assert.deepEqual(await ends(Array(100).fill(1), 400), { looks: 16, ended: 1 });
  });
});

describe('What was said', () => {
  it('is kept in whole words as far as it was heard', () => {
    assert.equal(wordsUntil('one two three', 1), 'one two three');
    assert.equal(wordsUntil('one two three', 0.7), 'one two');
    assert.equal(wordsUntil('one two three', 0.1), '');
  });

  it('comes from the first passage, a sentence of it', () => {
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
  it('is read even when its length was not known to who wrote it, and brought to 48 kHz', () => {
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
