// The simulated avatar's voice: speech from the simulator, or a voice without words if the simulator can't speak.

const wordsPerSecond = 2.8;

export class Voice {
  #context = new AudioContext();
  #stop;

  /**
   * @param address Where the simulator speaks a text (`?text=`).
   * @param needsClick Called with true if the browser plays no sound before a click, and with false when it does.
   */
  constructor(address, needsClick) {
    this.address = address;
    this.analyser = this.#context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.analyser.connect(this.#context.destination);
    this.#context.onstatechange = () => needsClick(this.#context.state === 'suspended');
    setTimeout(() => needsClick(this.#context.state === 'suspended'), 1500);
  }

  resume() {
    return this.#context.resume();
  }

  /** Ends what is being said. */
  stop() {
    this.#stop?.();
  }

  /**
   * Says a text. Calls `progress` with the words so far, at least once, while they are spoken.
   * @returns The seconds that it took; undefined if it was stopped.
   */
  async say(text, progress) {
    const words = text.split(/(?<=\s)/u);
    const { node, seconds } = (await this.#speech(text)) ?? this.#murmur(words.length);
    const began = performance.now();
    return new Promise((resolve) => {
      const end = (result) => {
        clearInterval(timer);
        this.#stop = undefined;
        node.stop();
        resolve(result);
      };
      let shown = 0;
      const tick = () => {
        const share = (performance.now() - began) / 1000 / seconds;
        const count = Math.min(words.length, Math.max(1, Math.ceil(share * words.length)));
        if (count > shown)
          progress(
            words
              .slice(0, (shown = count))
              .join('')
              .trimEnd(),
          );
        if (share >= 1) end(seconds);
      };
      const timer = setInterval(tick, 60);
      this.#stop = () => end(undefined);
      node.start();
      tick();
    });
  }

  async #speech(text) {
    try {
      const response = await fetch(`${this.address}?${new URLSearchParams({ text })}`);
      if (!response.ok) return undefined;
      const buffer = await this.#context.decodeAudioData(await response.arrayBuffer());
      const node = new AudioBufferSourceNode(this.#context, { buffer });
      node.connect(this.analyser);
      return { node, seconds: buffer.duration };
    } catch {
      return undefined;
    }
  }

  /** A low tone that swells with each syllable. */
  #murmur(words) {
    const seconds = Math.max(1, words / wordsPerSecond);
    const [node, level, now] = [this.#context.createOscillator(), this.#context.createGain(), this.#context.currentTime];
    node.type = 'triangle';
    node.frequency.value = 190;
    level.gain.value = 0;
    for (let at = 0; at < seconds; at += 0.24) {
      level.gain.linearRampToValueAtTime(0.16, now + at + 0.08);
      level.gain.linearRampToValueAtTime(0.02, now + at + 0.22);
    }
    node.connect(level).connect(this.analyser);
    return { node, seconds };
  }
}
