import { useState } from 'preact/hooks';
import type { Config } from '../events';

/** The agent's picture: the tenant's, or a drawn one in the tenant's color. */
export function Portrait({ config, size }: { config: Config | undefined; size: number }) {
  const [failed, setFailed] = useState<string | null>();
  const url = config?.portraitUrl;
  return (
    <span class="portrait" style={{ width: `${size}px`, height: `${size}px` }} aria-hidden="true">
      {url && url !== failed ? (
        <img src={url} alt="" width={size} height={size} referrerpolicy="no-referrer" onError={() => setFailed(url)} />
      ) : (
        <Drawing />
      )}
    </span>
  );
}

/** A person with short hair and a blazer, in tints of the tenant's color. */
function Drawing() {
  return (
    <svg viewBox="0 0 80 80">
      <path class="p-wall" d="M0 0h80v80H0z" />
      <path class="p-glow" d="M58-6a34 34 0 1 1-.1 0Z" />
      <path class="p-hair" d="M21 50C15 27 24 12 40 12s25 15 19 38c-1 6-4 9-6 10H27c-2-1-5-4-6-10Z" />
      <path class="p-coat" d="M9 80c1-13 9-18 21-20h20c12 2 20 7 21 20Z" />
      <path class="p-shade" d="M33 48h14v13c0 4-3 8-7 8s-7-4-7-8Z" />
      <path class="p-shirt" d="m31 59 9 10 9-10 3 2-7 19H35l-7-19Z" />
      <path class="p-skin" d="M33 56v4c0 3 3 7 7 7s7-4 7-7v-4Z" />
      <path class="p-skin" d="M26 33c0-10 6-15 14-15s14 5 14 15c0 12-6 23-14 23S26 45 26 33Z" />
      <path class="p-hair" d="M25 35c-2-13 5-20 15-20s17 7 15 20c-1-5-3-8-6-10-5 3-15 3-19 0-3 3-4 6-5 10Z" />
      <path class="p-line" d="M31.5 32.6c1-1 3.6-1.1 4.8-.2M43.7 32.400c1.2-.9 3.8-.8 4.8.2M40 37.500l-1.2 4.500h2" />
      <ellipse class="p-ink" cx="34" cy="37" rx="1.8" ry="2" />
      <ellipse class="p-ink" cx="46" cy="37" rx="1.8" ry="2" />
      <path class="p-smile" d="M34.5 45.5c3 3 8 3 11 0" />
      <ellipse class="p-cheek" cx="30.5" cy="42.5" rx="2.6" ry="1.7" />
      <ellipse class="p-cheek" cx="49.5" cy="42.5" rx="2.6" ry="1.7" />
    </svg>
  );
}
