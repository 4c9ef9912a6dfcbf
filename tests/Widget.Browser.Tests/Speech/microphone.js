// Keeps every track that a page gets, so that a test can see that each was stopped. window.devicesFail names what is in the way;
// window.speech gives a microphone that hears a voice for so many milliseconds, and then nothing.
(() => {
  window.tracks = [];
  const original = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (wish) {
    if (window.devicesFail) throw new DOMException('It cannot be had.', window.devicesFail);
    let stream;
    if (window.speech) {
      const context = new AudioContext();
      const [tone, destination] = [context.createOscillator(), context.createMediaStreamDestination()];
      tone.connect(destination);
      tone.start();
      tone.stop(context.currentTime + window.speech / 1000);
      stream = destination.stream;
    } else {
      stream = await original.call(this, wish);
    }
    window.tracks.push(...stream.getTracks());
    return stream;
  };
})();
