// Listens at every AudioContext's end: window.loudest is the root of the mean square of the loudest moment since it was last set to 0.
(() => {
  window.loudest = 0;
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      const ear = this.context.createAnalyser();
      connect.call(this, ear);
      const samples = new Float32Array(ear.fftSize);
      setInterval(() => {
        ear.getFloatTimeDomainData(samples);
        window.loudest = Math.max(window.loudest, Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
      }, 20);
    }
    return connect.call(this, to, ...more);
  };
})();
