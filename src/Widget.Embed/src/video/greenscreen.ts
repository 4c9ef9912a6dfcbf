/** Removes the avatar's background, which Tavus renders in one colour on request. */

/** The red, green and blue of Tavus's "apply_greenscreen". */
export const screenColor = [0, 255, 155] as const;

/** Distances from the screen's colour. Up to `inner` a pixel is background, from `outer` on it is the avatar, in between an edge. */
const inner = 90;
const outer = 180;

/**
 * Keys pixels in place (RGBA, 8 bits each). Background becomes transparent and edges partly so; edges also lose the screen's tint. The
 * distance is Euclidean in RGB.
 */
export function keyOut(pixels: Uint8ClampedArray, [r, g, b]: readonly [number, number, number] = screenColor): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const red = pixels[i] ?? 0;
    const green = pixels[i + 1] ?? 0;
    const blue = pixels[i + 2] ?? 0;
    const distance = Math.sqrt((red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2);
    if (distance >= outer) continue;
    if (distance <= inner) {
      pixels[i + 3] = 0;
      continue;
    }
    const share = (distance - inner) / (outer - inner);
    pixels[i + 3] = Math.round((pixels[i + 3] ?? 255) * share);
    // Green above both red and blue is light reflected from the screen.
    pixels[i + 1] = Math.min(green, Math.max(red, Math.round((red + blue) / 2)));
  }
}

/** Wide enough for the panel. Each pixel costs time in each frame. */
const maxWidth = 640;

/** Draws a video without its background. Returns a function that stops it. */
export function drawKeyed(video: HTMLVideoElement, canvas: HTMLCanvasElement): () => void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let request = 0;
  const hasFrameCallback = 'requestVideoFrameCallback' in video;
  const next = (): void => {
    request = hasFrameCallback ? video.requestVideoFrameCallback(draw) : requestAnimationFrame(draw);
  };
  const draw = (): void => {
    const scale = Math.min(1, maxWidth / (video.videoWidth || maxWidth));
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    if (context && width > 0 && height > 0) {
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      context.drawImage(video, 0, 0, width, height);
      const frame = context.getImageData(0, 0, width, height);
      keyOut(frame.data);
      context.putImageData(frame, 0, 0);
    }
    next();
  };
  next();
  return () => (hasFrameCallback ? video.cancelVideoFrameCallback(request) : cancelAnimationFrame(request));
}
