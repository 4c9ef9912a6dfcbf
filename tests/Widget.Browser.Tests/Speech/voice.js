// Fakes the browser's speech synthesis: it spends window.pace milliseconds on each word, and records in window.said what it was asked
// to say.
(() => {
  window.pace ??= 40;
  window.said = [];
  window.silenced = 0;
  const voices = (window.voicesOf ?? ['en-US', 'de-DE']).map((lang) => ({ lang, name: lang, voiceURI: lang, localService: true, default: false }));
  let current;
  let timer;

  class Utterance extends EventTarget {
    constructor(text = '') {
      super();
      Object.assign(this, { text, rate: 1, volume: 1, lang: '', voice: null });
    }
  }

  class Synthesis extends EventTarget {
    getVoices() {
      return voices;
    }
    speak(utterance) {
      if (utterance.text === '') return;
      if (!utterance.voice || !(utterance instanceof Utterance)) throw new TypeError('It has no voice.');
      const { text, rate, volume, lang } = utterance;
      const writing = document.querySelector('#widget-root').shadowRoot.querySelector('.streaming') !== null;
      window.said.push({ text, rate, volume, lang, writing });
      current = utterance;
      const words = [...text.matchAll(/\S+/g)];
      const next = (i) => {
        if (current !== utterance) return;
        if (i === 0) utterance.onstart?.(new Event('start'));
        if (i === words.length) {
          current = undefined;
          utterance.onend?.(new Event('end'));
          return;
        }
        utterance.onboundary?.(Object.assign(new Event('boundary'), { name: 'word', charIndex: words[i].index }));
        timer = setTimeout(() => next(i + 1), window.pace / rate);
      };
      timer = setTimeout(() => next(0), 5);
    }
    cancel() {
      clearTimeout(timer);
      const cancelled = current;
      current = undefined;
      if (!cancelled) return;
      window.silenced++;
      // Browsers report a cancelled utterance as an error.
      setTimeout(() => cancelled.onerror?.(Object.assign(new Event('error'), { error: 'canceled' })));
    }
  }

  Object.defineProperty(window, 'speechSynthesis', { value: new Synthesis(), configurable: true });
  Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Utterance, configurable: true });
})();
