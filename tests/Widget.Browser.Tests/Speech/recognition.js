// Fakes speech recognition. window.hears(text, final) recognizes a text, and window.fails(error) reports an error.
(() => {
  window.recognitions = [];
  class Recognition extends EventTarget {
    start() {
      window.recognitions.push(this);
      this.state = 'on';
      const results = [];
      window.hears = (text, final = false) => {
        if (results.length > 0 && !results.at(-1).isFinal) results.pop();
        results.push(Object.assign([{ transcript: text }], { isFinal: final }));
        this.onresult?.({ results });
      };
      window.fails = (error) => {
        this.onerror?.({ error });
        this.#end();
      };
      setTimeout(() => this.onstart?.());
    }
    stop() {
      setTimeout(() => this.#end());
    }
    abort() {
      this.#end();
    }
    #end() {
      if (this.state === 'off') return;
      this.state = 'off';
      this.onend?.();
    }
  }
  window.SpeechRecognition = window.webkitSpeechRecognition = Recognition;
})();
